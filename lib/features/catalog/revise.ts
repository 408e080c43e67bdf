import type { ArchiveFile } from "@/lib/platform/archive";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { requireReviewed } from "./digest";
import { importManifest } from "./import";
import { findVersionId } from "./lifecycle";
import { isReleased } from "./rules";
import type { ImportedVersion, VersionStatus } from "./schema";

/** The version a manifest was written from: "template@version", and the digest of what its writer looked at. */
export interface RevisionBase {
  version: string;
  digest: string;
}

/**
 * Takes a manifest that was written from an existing version, whose files come along: a change of a few lines in the
 * browser must not lose the scripts beside it. Files of a version that nobody reviewed yet bring their contributors.
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

interface BaseRow {
  digest: string;
  status: VersionStatus;
  contributors: string[];
  /** Null in the one row of a version without files. */
  path: string | null;
  content: Buffer;
  executable: boolean;
}

async function readBase(base: RevisionBase): Promise<{ files: ArchiveFile[]; contributors: string[] }> {
  const [name = "", version = ""] = base.version.split("@");
  const versionId = await findVersionId(name, version);
  // One statement: the files must be those of the digest, and the contributors those of the files.
  const rows = await query<BaseRow>(
    `SELECT v.digest, v.status::text AS status, v.contributor_ids AS contributors, f.path, f.content, f.executable
       FROM template_version v LEFT JOIN template_file f ON f.version_id = v.id
      WHERE v.id = $1 ORDER BY f.path`,
    [versionId],
  );
  const [first] = rows;
  requireReviewed(base.digest, first?.digest ?? "", "filesDigest");
  const files = rows.flatMap(({ path, content, executable }) =>
    path === null ? [] : [{ path, content, executable }],
  );
  return { files, contributors: first && !isReleased(first.status) ? first.contributors : [] };
}
