import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { inflateRawSync } from "node:zlib";
import { ArchiveError, UnpackGuard, type UnpackLimits } from "./unpack-guard";

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;
const linkMode = 0o120000;

/**
 * Unpacks a ZIP file (stored and deflated entries; not encrypted, not ZIP64) into an empty directory, from its central
 * directory. Format: PKWARE APPNOTE 6.3. @throws ArchiveError when it is damaged or leaves the directory.
 */
export function unpackZip(content: Uint8Array, root: string, limits: UnpackLimits): void {
  const zip = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const guard = new UnpackGuard(root, limits);
  try {
    for (const entry of listEntries(zip)) unpackEntry(zip, entry, guard, limits);
  } catch (error) {
    if (error instanceof RangeError || (error as NodeJS.ErrnoException).code?.startsWith("Z_")) {
      throw new ArchiveError("The ZIP file is damaged", { cause: error });
    }
    throw error;
  }
}

interface Entry {
  name: string;
  method: number;
  flags: number;
  packedBytes: number;
  bytes: number;
  mode: number;
  offset: number;
}

function listEntries(zip: Buffer): Entry[] {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || zip.readUInt32LE(end) !== endSignature) throw new ArchiveError("This is not a ZIP file");
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) throw new ArchiveError("ZIP64 files are not accepted");
  const entries: Entry[] = [];
  for (let index = 0; index < count; index += 1) {
    if (zip.readUInt32LE(at) !== entrySignature) throw new ArchiveError("The ZIP file is damaged");
    const nameBytes = zip.readUInt16LE(at + 28);
    entries.push({
      flags: zip.readUInt16LE(at + 8),
      method: zip.readUInt16LE(at + 10),
      packedBytes: zip.readUInt32LE(at + 20),
      bytes: zip.readUInt32LE(at + 24),
      mode: zip.readUInt32LE(at + 38) >>> 16,
      offset: zip.readUInt32LE(at + 42),
      name: zip.toString("utf8", at + 46, at + 46 + nameBytes),
    });
    at += 46 + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

function unpackEntry(zip: Buffer, entry: Entry, guard: UnpackGuard, limits: UnpackLimits): void {
  const path = guard.place(entry.name);
  if (path === null) return;
  if ((entry.mode & 0o170000) === linkMode) {
    throw new ArchiveError(`The archive holds a link, which is not accepted: ${entry.name}`);
  }
  if (entry.flags & 1) throw new ArchiveError("Encrypted ZIP files are not accepted");
  if (entry.name.endsWith("/")) {
    mkdirSync(path, { recursive: true });
    return;
  }
  guard.count(entry.bytes);
  if (zip.readUInt32LE(entry.offset) !== localSignature) throw new ArchiveError("The ZIP file is damaged");
  const start = entry.offset + 30 + zip.readUInt16LE(entry.offset + 26) + zip.readUInt16LE(entry.offset + 28);
  const packed = zip.subarray(start, start + entry.packedBytes);
  let data: Buffer = packed;
  if (entry.method === 8) {
    // The stated size may lie: never inflate past it.
    data = inflateRawSync(packed, { maxOutputLength: Math.min(limits.maxBytes, Math.max(1, entry.bytes)) });
  } else if (entry.method !== 0) {
    throw new ArchiveError(`${entry.name} is packed in a way that is not supported`);
  }
  if (data.length !== entry.bytes) throw new ArchiveError(`${entry.name} in the ZIP file is damaged`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, data, { flag: "wx", mode: entry.mode & 0o111 ? 0o755 : 0o644 });
}
