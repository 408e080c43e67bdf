import { parseManifest } from "@/lib/engine/template";
import type { Manifest, Problem } from "@/lib/engine/template/types";
import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { escapeLine, findHidden } from "@/lib/kernel/text";
import { type ArchiveFile, stripCommonFolder, unpackArchive } from "@/lib/platform/archive";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { digestOfVersion } from "./digest";
import { sha256Of } from "./files";
import { type ImportedVersion, limits, versionStatusLabels } from "./schema";
import { lockTemplate, type TemplateTexts } from "./store";
import { deleteFiles, insertFiles } from "./store-files";
import { findVersionOf, insertVersion, replaceContent } from "./store-version-writes";

/** The manifest's name inside an archive or a template's folder. */
export const manifestFile = "template.yaml";

/** A version's content, parsed and summed up, ready to be written. */
export interface VersionContent {
  source: string;
  manifest: Manifest;
  files: ArchiveFile[];
  digest: string;
}

/**
 * Parses a manifest and sums it up with its files.
 * @throws AppError validation_failed with every problem and its line
 */
export function readContent(source: string, files: readonly ArchiveFile[] = []): VersionContent {
  const parsed = parseManifest(source);
  if (!parsed.ok) throw invalidManifest(parsed.problems);
  const others = files.filter((file) => file.path !== manifestFile);
  const entries = others.map(({ path, content, executable }) => ({
    path,
    executable,
    sha256: sha256Of(content),
  }));
  return { source, manifest: parsed.manifest, files: others, digest: digestOfVersion(source, entries) };
}

function invalidManifest(problems: readonly Problem[]): AppError {
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  return new AppError("validation_failed", `The manifest has ${count}.`, {
    problems: problems.map(({ path, line, column, message, allowed }) => ({
      path,
      line,
      column,
      message: allowed ? `${message} (allowed: ${allowed.join(", ")})` : message,
    })),
  });
}

/**
 * Takes a manifest, with the files it names, as a draft version. A draft of the same version is replaced; who wrote
 * that one stays a contributor, and so do the `others`, from whose draft the files come.
 * @throws AppError validation_failed (every problem with its line), conflict when that version left draft
 */
export async function importManifest(
  actor: Actor,
  source: string,
  files: readonly ArchiveFile[] = [],
  others: readonly string[] = [],
): Promise<ImportedVersion> {
  requirePermission(actor, "template.author", { what: "Templates" });
  const content = readContent(source, files);
  return await inTransaction(async (tx) => {
    const { name } = content.manifest.metadata;
    const { version } = content.manifest.spec;
    const templateId = await ensureTemplate(tx, content.manifest);
    const id = await writeDraft(tx, { actor, others }, templateId, content);
    await publishEvent(tx, "admin", "template.import", { id, name, version });
    await recordAudit(tx, {
      actor,
      action: "template.import",
      objectType: "template_version",
      objectId: id,
      detail: { name, version, digest: content.digest, files: content.files.length },
    });
    return { id, name, version, status: "draft", digest: content.digest };
  });
}

/**
 * The same for an archive (.tar.gz, .tar or .zip) with `template.yaml` at its top and the files beside it.
 * @throws AppError as above, and what is wrong with the archive
 */
export async function importArchive(actor: Actor, archive: Uint8Array): Promise<ImportedVersion> {
  requirePermission(actor, "template.author", { what: "Templates" });
  const bounds = { maxEntries: limits.entries, maxBytes: limits.unpackedBytes };
  const unpacked = await unpackArchive(archive, bounds, { mostWaiting: limits.waitingArchives });
  const files = unpacked.some((file) => file.path === manifestFile) ? unpacked : stripCommonFolder(unpacked);
  if (files.length > limits.files) {
    throw new AppError("payload_too_large", `A template can have at most ${limits.files} files.`);
  }
  const hidden = files.find((file) => findHidden(file.path) !== null);
  if (hidden) {
    const shown = escapeLine(hidden.path);
    throw new AppError("invalid_request", `A file name in the archive has invisible characters: ${shown}`);
  }
  const manifest = files.find((file) => file.path === manifestFile);
  if (!manifest) {
    throw new AppError("invalid_request", `${manifestFile} not found at the root of the archive.`);
  }
  if (manifest.content.length > limits.manifestBytes) {
    throw new AppError("payload_too_large", `${manifestFile} is larger than 512 KiB.`);
  }
  return await importManifest(actor, Buffer.from(manifest.content).toString("utf8"), files);
}

/** The template's row. Its texts follow the newest published version; until there is one, the first draft's. */
export async function ensureTemplate(tx: Tx, manifest: Manifest, isBuiltin = false): Promise<string> {
  const { name } = manifest.metadata;
  // Locked, so that two imports of one version happen one after the other.
  return await lockTemplate(tx, { name, isBuiltin, ...templateTexts(manifest) });
}

export function templateTexts(manifest: Manifest): TemplateTexts {
  const { title, description, icon, category, tags, owner } = manifest.metadata;
  return { title, description, icon, category, tags, ownerTeam: owner };
}

export async function writeFiles(tx: Tx, versionId: string, files: readonly ArchiveFile[]): Promise<void> {
  const summed = files.map((file) => ({ ...file, sha256: sha256Of(file.content) }));
  await insertFiles(tx, versionId, summed);
}

async function writeDraft(
  tx: Tx,
  { actor, others }: { actor: Actor; others: readonly string[] },
  templateId: string,
  content: VersionContent,
): Promise<string> {
  const { version } = content.manifest.spec;
  const existing = await findVersionOf(tx, templateId, version);
  if (existing && existing.status !== "draft") {
    const status = versionStatusLabels[existing.status].toLowerCase();
    const message = `Version ${version} is ${status} and can’t be changed. Increase spec.version.`;
    throw new AppError("conflict", message, {
      problems: [{ path: "spec.version", message: "is already used" }],
    });
  }
  const id = existing?.id ?? newId("templateVersion");
  const contributors = new Set([...(existing?.contributorIds ?? []), ...others]);
  if (actor.userId !== null) contributors.add(actor.userId);
  const contributorIds = [...contributors];
  if (existing) {
    await deleteFiles(tx, id);
    await replaceContent(tx, id, { content, contributorIds });
  } else {
    const first = { id, templateId, version, status: "draft", authorId: actor.userId } as const;
    await insertVersion(tx, { ...first, contributorIds, content });
  }
  await writeFiles(tx, id, content.files);
  return id;
}
