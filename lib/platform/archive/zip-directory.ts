import { ArchiveError } from "./limits";

const endSignature = 0x06054b50;
const endBytes = 22;
/** Git's hosts put a commit's id there. */
const maxCommentBytes = 1_024;

/**
 * Where a zip file's central directory lies: right before its end record, which is the end of the file but for a short
 * comment.
 * @throws ArchiveError
 */
export function findDirectory(archive: Buffer): { start: number; end: number; count: number } {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  const bytes = archive.readUInt32LE(end + 12);
  const start = archive.readUInt32LE(end + 16);
  if (count === 0xffff || start === 0xffffffff) {
    throw new ArchiveError("Zip64 archives aren’t supported.");
  }
  if (start + bytes !== end) {
    throw new ArchiveError("The archive directory is damaged.");
  }
  return { start, end, count };
}

function findEnd(archive: Buffer): number {
  const lowest = Math.max(0, archive.length - endBytes - maxCommentBytes);
  for (let at = archive.length - endBytes; at >= lowest; at -= 1) {
    if (archive.readUInt32LE(at) !== endSignature) continue;
    if (at + endBytes + archive.readUInt16LE(at + 20) === archive.length) return at;
  }
  throw new ArchiveError("The archive is damaged: unexpected end of file or trailing data.");
}
