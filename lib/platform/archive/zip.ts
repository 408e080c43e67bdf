import { crc32, inflateRawSync } from "node:zlib";

/** What a zip file says about one of its members, read from the central directory. */
export interface ZipMember {
  path: string;
  /** Permission bits when it was packed on Unix, else 0. */
  mode: number;
  isDirectory: boolean;
  isLink: boolean;
  sizeBytes: number;
  read(): Uint8Array;
}

export class ZipError extends Error {
  override readonly name = "ZipError";
}

const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const endBytes = 22;

/**
 * The members of a zip file (PKWARE APPNOTE 6.3: stored and deflated members, no encryption, no zip64).
 * Reading one never yields more than the directory announced, so a bomb shows before it is unpacked.
 * @throws ZipError when it is no such file
 */
export function readZip(archive: Buffer): ZipMember[] {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) throw new ZipError("Zip64 archives are not supported.");
  const members: ZipMember[] = [];
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== centralSignature) {
      throw new ZipError("The archive's directory is damaged.");
    }
    members.push(memberAt(archive, at));
    at += 46 + archive.readUInt16LE(at + 28) + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return members;
}

function findEnd(archive: Buffer): number {
  const lowest = Math.max(0, archive.length - endBytes - 0xffff);
  for (let at = archive.length - endBytes; at >= lowest; at -= 1) {
    if (archive.readUInt32LE(at) === endSignature) return at;
  }
  throw new ZipError("The archive has no end: it was cut off.");
}

function memberAt(archive: Buffer, at: number): ZipMember {
  const flags = archive.readUInt16LE(at + 8);
  const method = archive.readUInt16LE(at + 10);
  const checksum = archive.readUInt32LE(at + 16);
  const packedBytes = archive.readUInt32LE(at + 20);
  const sizeBytes = archive.readUInt32LE(at + 24);
  const nameBytes = archive.readUInt16LE(at + 28);
  const attributes = archive.readUInt32LE(at + 38);
  const localAt = archive.readUInt32LE(at + 42);
  const path = archive.toString("utf8", at + 46, at + 46 + nameBytes).replaceAll("\\", "/");
  const mode = attributes >>> 16;
  if (flags & 1) throw new ZipError(`${path} is encrypted.`);
  return {
    path,
    mode: mode & 0o777,
    isDirectory: path.endsWith("/"),
    isLink: (mode & 0o170000) === 0o120000,
    sizeBytes,
    read: () => {
      const packed = packedContent(archive, localAt, packedBytes, path);
      const content = inflate(packed, method, sizeBytes, path);
      if (content.length !== sizeBytes || crc32(content) !== checksum) {
        throw new ZipError(`${path} is damaged.`);
      }
      return content;
    },
  };
}

function packedContent(archive: Buffer, localAt: number, packedBytes: number, path: string): Buffer {
  if (localAt + 30 > archive.length || archive.readUInt32LE(localAt) !== localSignature) {
    throw new ZipError(`${path} is damaged.`);
  }
  const start = localAt + 30 + archive.readUInt16LE(localAt + 26) + archive.readUInt16LE(localAt + 28);
  if (start + packedBytes > archive.length) throw new ZipError(`${path} was cut off.`);
  return archive.subarray(start, start + packedBytes);
}

function inflate(packed: Buffer, method: number, sizeBytes: number, path: string): Buffer {
  if (method === 0) return packed;
  if (method !== 8) throw new ZipError(`${path} is packed by a method that is not supported (${method}).`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, sizeBytes) });
  } catch (error) {
    throw new ZipError(`${path} is damaged or larger than the archive says.`, { cause: error });
  }
}
