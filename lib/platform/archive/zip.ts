import { crc32, inflateRawSync } from "node:zlib";
import { ArchiveError, type Budget, refuseKind, shown } from "./limits";
import { findDirectory } from "./zip-directory";

/** What a zip file says about one of its members, read from the central directory. */
export interface ZipMember {
  name: string;
  /** All twelve bits when it was packed on Unix, else 0. */
  mode: number;
  isFolder: boolean;
  sizeBytes: number;
  read(): Buffer;
}

interface Record {
  name: string;
  flags: number;
  method: number;
  checksum: number;
  packedBytes: number;
  sizeBytes: number;
  mode: number;
  offset: number;
}

const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const centralBytes = 46;
const localBytes = 30;
/** A data descriptor, the only thing that may lie between two members. */
const maxGapBytes = 24;

/**
 * The members of a zip file (PKWARE APPNOTE 6.3: stored and deflated members, no encryption, no zip64). The whole file
 * is accounted for: members lie one after the other, none overlaps another or is listed twice, nothing stands before
 * the first or after the end. Sizes are counted here; reading a member never yields more than was announced.
 * @throws ArchiveError when it is no such file or over the budget
 */
export function readZip(archive: Buffer, budget: Budget): ZipMember[] {
  const directory = findDirectory(archive);
  const records: Record[] = [];
  let at = directory.start;
  for (let index = 0; index < directory.count; index += 1) {
    budget.entry();
    if (at + centralBytes > directory.end || archive.readUInt32LE(at) !== centralSignature) throw damaged();
    const record = recordAt(archive, at);
    budget.count(record.sizeBytes);
    records.push(record);
    at +=
      centralBytes +
      archive.readUInt16LE(at + 28) +
      archive.readUInt16LE(at + 30) +
      archive.readUInt16LE(at + 32);
  }
  if (at !== directory.end) throw damaged();
  requireTiled(archive, records, directory.start);
  return records.map((record) => memberOf(archive, record));
}

function recordAt(archive: Buffer, at: number): Record {
  const nameBytes = archive.readUInt16LE(at + 28);
  const mode = archive.readUInt32LE(at + 38) >>> 16;
  const name = archive
    .toString("utf8", at + centralBytes, at + centralBytes + nameBytes)
    .replaceAll("\\", "/");
  refuseOtherKinds(name, mode);
  return {
    name,
    flags: archive.readUInt16LE(at + 8),
    method: archive.readUInt16LE(at + 10),
    checksum: archive.readUInt32LE(at + 16),
    packedBytes: archive.readUInt32LE(at + 20),
    sizeBytes: archive.readUInt32LE(at + 24),
    mode: mode & 0o7777,
    offset: archive.readUInt32LE(at + 42),
  };
}

/** The file type of Unix modes: none, a file or a folder; no links, devices, pipes and sockets. */
function refuseOtherKinds(name: string, mode: number): void {
  if (![0, 0o100000, 0o040000].includes(mode & 0o170000)) refuseKind(name);
}

/** Members that share bytes are how a small file unpacks to a large one; bytes of no member are not looked at. */
function requireTiled(archive: Buffer, records: readonly Record[], end: number): void {
  let at = 0;
  for (const record of [...records].sort((left, right) => left.offset - right.offset)) {
    if (record.offset < at) throw new ArchiveError("The archive contains overlapping files.");
    if (record.offset - at > (at === 0 ? 0 : maxGapBytes)) throw extra();
    at = contentStart(archive, record) + record.packedBytes;
    if (at > end) throw new ArchiveError(`The archive is damaged: ${shown(record.name)} is incomplete.`);
  }
  if (end - at > (records.length === 0 ? 0 : maxGapBytes)) throw extra();
}

/** Where a member's packed bytes begin, after a local header that names it as the directory does. */
function contentStart(archive: Buffer, { offset, name }: Record): number {
  if (offset + localBytes > archive.length || archive.readUInt32LE(offset) !== localSignature)
    throw damaged();
  const nameEnd = offset + localBytes + archive.readUInt16LE(offset + 26);
  const local = archive.toString("utf8", offset + localBytes, nameEnd).replaceAll("\\", "/");
  if (local !== name) throw damaged();
  return nameEnd + archive.readUInt16LE(offset + 28);
}

function memberOf(archive: Buffer, record: Record): ZipMember {
  const { name, mode, sizeBytes } = record;
  const isFolder = name.endsWith("/");
  if (record.flags & 1) throw new ArchiveError(`${shown(name)} in the archive is encrypted.`);
  if (record.sizeBytes === 0xffffffff) throw new ArchiveError("Zip64 archives aren’t supported.");
  if (isFolder && sizeBytes > 0) throw damaged();
  return {
    name,
    mode,
    isFolder,
    sizeBytes,
    read: () => {
      const start = contentStart(archive, record);
      const content = inflate(archive.subarray(start, start + record.packedBytes), record);
      if (content.length !== sizeBytes || crc32(content) !== record.checksum) {
        throw new ArchiveError(`${shown(name)} in the archive is damaged.`);
      }
      return content;
    },
  };
}

function inflate(packed: Buffer, { method, sizeBytes, name }: Record): Buffer {
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

function damaged(): ArchiveError {
  return new ArchiveError("The archive directory is damaged.");
}

function extra(): ArchiveError {
  return new ArchiveError("The archive contains data that belongs to none of its files.");
}
