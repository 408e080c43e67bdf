import { digestOf } from "@/lib/kernel/canonical";
import { AppError, notFound } from "@/lib/kernel/errors";
import type { Tx } from "@/lib/platform/db";
import { type FileEntry, listComputedEntries } from "./store-files";
import { findSource } from "./store-version-writes";

/**
 * Digest of a version's content: the manifest's text and every file's path, content and executable bit, whatever order
 * the files come in.
 */
export function digestOfVersion(source: string, files: readonly FileEntry[]): string {
  const sums = files
    .map((file) => [file.path, file.sha256, file.executable] as const)
    .sort((left, right) => (left[0] < right[0] ? -1 : 1));
  return digestOf({ source, files: sums });
}

/**
 * Refuses to act on a version that is not the one the caller reviewed. `path` is the value that named it.
 * @throws AppError conflict
 */
export function requireReviewed(reviewed: string, stored: string, path = "digest"): void {
  if (reviewed === stored) return;
  throw new AppError(
    "conflict",
    "This version changed after you opened it. Reload it, review the changes and try again.",
    { problems: [{ path, message: "doesn’t match the current content" }] },
  );
}

/**
 * Computes the digest of what is stored again, from the contents themselves: rows that were changed behind the
 * application's back are not submitted or published under the digest of what was there before.
 * @throws AppError conflict when the content no longer matches, not_found
 */
export async function requireIntact(tx: Tx, versionId: string, digest: string): Promise<void> {
  const source = await findSource(tx, versionId);
  if (source === null) throw notFound("The version");
  if (digestOfVersion(source, await listComputedEntries(tx, versionId)) === digest) return;
  throw new AppError(
    "conflict",
    "The stored files of this version don’t match its digest. Import the version again.",
  );
}
