import { crc32, inflateRawSync } from "node:zlib";
import { type Entry, fromBufferPromise, type LocalFileHeader, type ZipFile } from "yauzl";
import { ArchiveError, type Budget, refuseKind, shown } from "./limits";

/** What a zip file says about one of its members, read from the central directory. */
export interface ZipMember {
  name: string;
  /** All twelve bits when it was packed on Unix, else 0. */
  mode: number;
  isFolder: boolean;
  sizeBytes: number;
  read(): Buffer;
}

/** A member as the directory and the header before its bytes describe it. */
type Located = { entry: Entry; name: string; header: LocalFileHeader };

const centralBytes = 46;
const endBytes = 22;
const zip64LocatorBytes = 20;
const zip64LocatorSignature = 0x07064b50;
const zip64FieldId = 1;
/** Git's hosts put a commit's id there. */
const maxCommentBytes = 1_024;
/** A data descriptor, the only thing that may lie between two members. */
const maxGapBytes = 24;

/**
 * The members of a zip file (stored and deflated, no encryption, no zip64). yauzl reads it; here the whole file is
 * accounted for, which no reader does: members lie one after the other, none overlaps another or is listed twice,
 * nothing stands before the first or after the end. Sizes are counted here; reading a member never yields more than
 * was announced.
 * @throws ArchiveError when it is no such file or over the budget
 */
export async function readZip(archive: Buffer, budget: Budget): Promise<ZipMember[]> {
  const zip = await open(archive);
  const { entries, directoryBytes } = await readDirectory(zip, budget);
  const end = archive.length - endBytes - zip.comment.length;
  const start = end - directoryBytes;
  // Where yauzl began, since there is no zip64 that could send it elsewhere.
  if (archive.readUInt32LE(end + 16) !== start) throw damaged();
  const members: Located[] = [];
  for (const entry of entries) members.push(await locate(zip, entry));
  requireTiled(members, start);
  return members.map((member) => memberOf(archive, member));
}

async function open(archive: Buffer): Promise<ZipFile> {
  // Names stay bytes: they are judged here, with those of other formats.
  const zip = await fromBufferPromise(archive, { decodeStrings: false }).catch((error: unknown) => {
    throw new ArchiveError("The archive is damaged: unexpected end of file or trailing data.", {
      cause: error,
    });
  });
  if (zip.comment.length > maxCommentBytes) {
    throw new ArchiveError("The archive is damaged: unexpected end of file or trailing data.");
  }
  const locator = archive.length - endBytes - zip.comment.length - zip64LocatorBytes;
  if (locator >= 0 && archive.readUInt32LE(locator) === zip64LocatorSignature) throw zip64();
  return zip;
}

async function readDirectory(
  zip: ZipFile,
  budget: Budget,
): Promise<{ entries: Entry[]; directoryBytes: number }> {
  const entries: Entry[] = [];
  let directoryBytes = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      budget.entry();
      budget.count(entry.uncompressedSize);
      entries.push(entry);
      directoryBytes +=
        centralBytes + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    }
  } catch (error) {
    throw error instanceof ArchiveError ? error : damaged(error);
  }
  return { entries, directoryBytes };
}

/** The header before a member's bytes, which names it as the directory does. */
async function locate(zip: ZipFile, entry: Entry): Promise<Located> {
  const header = await zip.readLocalFileHeaderPromise(entry).catch((error: unknown) => {
    throw damaged(error);
  });
  if (!header.fileName.equals(entry.fileNameRaw)) throw damaged();
  const name = entry.fileNameRaw.toString("utf8").replaceAll("\\", "/");
  refuseOtherKinds(name, entry.externalFileAttributes >>> 16);
  if (entry.isEncrypted()) throw new ArchiveError(`${shown(name)} in the archive is encrypted.`);
  if (entry.extraFields.some(({ id }) => id === zip64FieldId)) throw zip64();
  return { entry, name, header };
}

/** The file type of Unix modes: none, a file or a folder; no links, devices, pipes and sockets. */
function refuseOtherKinds(name: string, mode: number): void {
  if (![0, 0o100000, 0o040000].includes(mode & 0o170000)) refuseKind(name);
}

/** Members that share bytes are how a small file unpacks to a large one; bytes of no member are not looked at. */
function requireTiled(members: readonly Located[], end: number): void {
  let at = 0;
  const inOrder = [...members].sort(
    (left, right) => left.entry.relativeOffsetOfLocalHeader - right.entry.relativeOffsetOfLocalHeader,
  );
  for (const { entry, name, header } of inOrder) {
    const offset = entry.relativeOffsetOfLocalHeader;
    if (offset < at) throw new ArchiveError("The archive contains overlapping files.");
    if (offset - at > (at === 0 ? 0 : maxGapBytes)) throw extra();
    at = header.fileDataStart + entry.compressedSize;
    if (at > end) throw new ArchiveError(`The archive is damaged: ${shown(name)} is incomplete.`);
  }
  if (end - at > (members.length === 0 ? 0 : maxGapBytes)) throw extra();
}

function memberOf(archive: Buffer, { entry, name, header }: Located): ZipMember {
  const { uncompressedSize: sizeBytes, compressedSize, compressionMethod: method } = entry;
  const isFolder = name.endsWith("/");
  if (isFolder && sizeBytes > 0) throw damaged();
  return {
    name,
    mode: (entry.externalFileAttributes >>> 16) & 0o7777,
    isFolder,
    sizeBytes,
    read: () => {
      const packed = archive.subarray(header.fileDataStart, header.fileDataStart + compressedSize);
      const content = inflate(packed, { method, sizeBytes, name });
      if (content.length !== sizeBytes || crc32(content) !== entry.crc32) {
        throw new ArchiveError(`${shown(name)} in the archive is damaged.`);
      }
      return content;
    },
  };
}

/** At once rather than by yauzl's streams: many members are small, and the thread has nothing else to do. */
function inflate(
  packed: Buffer,
  { method, sizeBytes, name }: { method: number; sizeBytes: number; name: string },
): Buffer {
  if (method === 0) return packed;
  if (method !== 8) {
    throw new ArchiveError(`${shown(name)} uses an unsupported compression method (${method}).`);
  }
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, sizeBytes) });
  } catch (error) {
    throw new ArchiveError(`${shown(name)} is damaged or larger than its header says.`, { cause: error });
  }
}

function damaged(cause?: unknown): ArchiveError {
  return new ArchiveError("The archive directory is damaged.", { cause });
}

function zip64(): ArchiveError {
  return new ArchiveError("Zip64 archives aren’t supported.");
}

function extra(): ArchiveError {
  return new ArchiveError("The archive contains data that belongs to none of its files.");
}
