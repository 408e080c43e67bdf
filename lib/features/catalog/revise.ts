import type { ArchiveFile } from "@/lib/platform/archive";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { getPrisma } from "@/lib/platform/db";
import { importManifest } from "./import";
import { findVersionId } from "./lifecycle";
import type { ImportedVersion } from "./schema";

/**
 * Takes a manifest that was written from an existing version, whose files come along: a change of a few lines in the
 * browser must not lose the scripts beside it. `base` is "template@version".
 * @throws AppError as importManifest, not_found for an unknown base
 */
export async function importRevision(actor: Actor, source: string, base: string): Promise<ImportedVersion> {
  requirePermission(actor, "template.author", { what: "Templates" });
  return await importManifest(actor, source, await filesOf(base));
}

async function filesOf(base: string): Promise<ArchiveFile[]> {
  const [name = "", version = ""] = base.split("@");
  const versionId = await findVersionId(name, version);
  const rows = await getPrisma().templateFile.findMany({ where: { versionId }, orderBy: { path: "asc" } });
  return rows.map(({ path, content, executable }) => ({ path, content, executable }));
}
