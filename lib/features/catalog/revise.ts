import type { ArchiveFile } from "@/lib/platform/archive";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { requireReviewed } from "./digest";
import { importManifest } from "./import";
import { isReleased } from "./rules";
import type { ImportedVersion } from "./schema";
import { findFiles } from "./store-files";
import { getVersionId } from "./store-versions";

/** The version a manifest was written from: "template@version", and the digest of what its writer looked at. */
export interface RevisionBase {
  version: string;
  digest: string;
}

/**
 * Takes a manifest that was written from an existing version, whose files come along: a change of a few lines in the
 * browser must not lose the scripts beside it. Files of a version that no one reviewed yet bring their contributors.
 * @throws AppError as importManifest, not_found for an unknown base, conflict when it has another content by now
 */
export async function importRevision(
  actor: Actor,
  source: string,
  base: RevisionBase,
): Promise<ImportedVersion> {
  requirePermission(actor, "template.author", { what: "Templates" });
  const { files, contributors } = await readBase(base);
  return await importManifest(actor, source, files, contributors);
}

async function readBase(base: RevisionBase): Promise<{ files: ArchiveFile[]; contributors: string[] }> {
  const [name = "", version = ""] = base.version.split("@");
  const stored = await findFiles(await getVersionId(name, version));
  requireReviewed(base.digest, stored?.digest ?? "", "filesDigest");
  if (!stored) return { files: [], contributors: [] };
  return { files: stored.files, contributors: isReleased(stored.status) ? [] : stored.contributorIds };
}
