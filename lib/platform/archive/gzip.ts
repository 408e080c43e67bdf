import { crc32, createInflateRaw } from "node:zlib";
import { ArchiveError } from "./limits";

const chunkBytes = 64 * 1024;
const trailerBytes = 8;

/**
 * The content of a gzip file of one member (RFC 1952), in pieces, with its checksum verified. A second member or
 * anything else after the first is refused: what is not counted must not be read.
 * @throws ArchiveError
 */
export async function* gunzip(packed: Uint8Array): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const start = headerBytes(bytes);
  const inflate = createInflateRaw({ chunkSize: chunkBytes });
  const body = bytes.subarray(start);
  let checksum = 0;
  let size = 0;
  inflate.end(body);
  try {
    for await (const piece of inflate as AsyncIterable<Buffer>) {
      checksum = crc32(piece, checksum);
      size += piece.length;
      yield piece;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith("Z_")) throw damaged({ cause: error });
    throw error;
  } finally {
    inflate.destroy();
  }
  const trailer = start + inflate.bytesWritten;
  if (trailer + trailerBytes > bytes.length) throw damaged();
  if (bytes.readUInt32LE(trailer) !== checksum || bytes.readUInt32LE(trailer + 4) !== size % 2 ** 32) {
    throw damaged();
  }
  if (bytes.length > trailer + trailerBytes) {
    throw new ArchiveError("The archive contains data after its end.");
  }
}

function headerBytes(bytes: Buffer): number {
  const [hasCrc, hasExtra, hasName, hasComment] = [2, 4, 8, 16];
  const flags = bytes[3] ?? 0xff;
  if (bytes.length < 18 || bytes.readUInt16BE(0) !== 0x1f8b || bytes[2] !== 8 || flags & 0xe0)
    throw damaged();
  let at = 10;
  if (flags & hasExtra) at += 2 + bytes.readUInt16LE(at);
  for (const flag of [hasName, hasComment]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) throw damaged();
    at = end + 1;
  }
  if (flags & hasCrc) at += 2;
  if (at >= bytes.length) throw damaged();
  return at;
}

function damaged(options: ErrorOptions = {}): ArchiveError {
  return new ArchiveError("The archive is damaged.", options);
}
