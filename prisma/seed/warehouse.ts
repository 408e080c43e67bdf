import { createHash } from "node:crypto";
import { digestOfFiles, fileSourceFor, type LoadedVersion, readContent } from "@/lib/features/catalog";
import type { VersionCheck } from "@/lib/features/catalog/schema";
import { newId } from "@/lib/kernel/ids";
import type { Organization } from "./organization";
import type { DemoTables } from "./tables";
import { publishedManifest, reviewedManifest, warehouseReadme } from "./warehouse-manifest";

const dayMs = 86_400_000;
const readme = { path: "README.md", content: Buffer.from(warehouseReadme), executable: false };
const entries = [
  { path: readme.path, executable: false, sha256: createHash("sha256").update(readme.content).digest("hex") },
];

/** The demo's own template before it is written: what its environments are made of. */
export interface Warehouse {
  version: LoadedVersion;
  isNew: boolean;
}

/** @param kept the version that an earlier demo left, because something real uses it */
export function nameWarehouse(kept: LoadedVersion | null): Warehouse {
  if (kept) return { version: kept, isNew: false };
  const { manifest, digest } = readContent(publishedManifest, [readme]);
  const id = newId("templateVersion");
  const { name, title, icon } = manifest.metadata;
  const version: LoadedVersion = {
    ...{ id, templateId: newId("template"), name, title, icon, version: manifest.spec.version },
    ...{ status: "published", digest, manifest },
    files: (environmentId) => fileSourceFor(id, environmentId),
    filesDigest: (prefix) => digestOfFiles(entries, prefix),
  };
  return { version, isNew: true };
}

/** The template with its published version, and the next one, which waits for a review. */
export function addWarehouse(
  tables: DemoTables,
  { people }: Organization,
  { version, isNew }: Warehouse,
  now: number,
): void {
  if (!isNew) return;
  const at = (days: number) => new Date(now - days * dayMs).toISOString();
  const { title, description, icon, category, tags, owner, name } = version.manifest.metadata;
  const times = { created_at: at(124), updated_at: at(124) };
  tables.add("template", {
    ...{ id: version.templateId, name, title, description, icon, category, tags },
    ...{ owner_team: owner, is_builtin: false, ...times },
  });
  const next = readContent(reviewedManifest, [readme]);
  const row = {
    template_id: version.templateId,
    author_id: people.aiko.id,
    contributor_ids: [people.aiko.id],
  };
  tables.add(
    "template_version",
    {
      ...{ ...row, id: version.id, version: version.version, status: "published" },
      ...{ source: publishedManifest, manifest: version.manifest, digest: version.digest },
      ...{ reviewer_id: people.admin.id, review_note: "Sizes and backups checked with the data team." },
      ...{ checks: checks(), created_at: at(124), submitted_at: at(123), published_at: at(122) },
    },
    {
      ...{ ...row, id: newId("templateVersion"), version: next.manifest.spec.version, status: "in_review" },
      ...{ source: reviewedManifest, manifest: next.manifest, digest: next.digest },
      ...{ reviewer_id: null, review_note: "" },
      ...{ checks: checks(), created_at: at(1.2), submitted_at: at(0.7), published_at: null },
    },
  );
  for (const { id } of tables.of("template_version")) {
    tables.add("template_file", {
      ...{ version_id: id, path: readme.path, content: `\\x${readme.content.toString("hex")}` },
      ...{ executable: false, sha256: entries[0]?.sha256 },
    });
  }
}

/** What submitting the version found. */
function checks(): VersionCheck[] {
  const passed = [
    ["manifest", "Manifest is valid"],
    ["files", "Referenced files exist"],
    ["presets", "Presets are valid"],
    ["clouds", "Enabled clouds support all components"],
    ["acceptance", "Acceptance checks are defined"],
    ["sizes", "Components have sizes"],
  ] as const;
  return passed.map(([name, title]) => ({ name, title, state: "passed", messages: [] }));
}
