import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { AppError } from "@/lib/kernel/errors";
import { readZip, ZipError } from "./zip";

export { addEntry, copyTar, type TarCopy } from "./copy-tar";
export { packText, packTree, tarStream } from "./pack-tree";
export { ArchiveError, UnpackGuard, type UnpackLimits } from "./unpack-guard";
export { unpackTar } from "./unpack-tar";
export { unpackZip } from "./unpack-zip";

export interface ArchiveFile {
  /** Relative, with slashes, never out of the archive. */
  path: string;
  content: Uint8Array;
  executable: boolean;
}

export interface ArchiveBounds {
  maxFiles: number;
  /** Sum of all unpacked contents. */
  maxUnpackedBytes: number;
}

export type ArchiveFormat = "tar.gz" | "tar" | "zip";

/** The format of an archive by its first bytes; null when it is none that can be unpacked. */
export function archiveFormat(bytes: Uint8Array): ArchiveFormat | null {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "tar.gz";
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)) return "zip";
  const magic = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1", 257, 262);
  return magic === "ustar" ? "tar" : null;
}

/**
 * The files of a .tar.gz, .tar or .zip, in memory, within bounds. Folders are implied by paths; links, devices
 * and paths that leave the archive are refused.
 * @throws AppError unsupported_media_type, invalid_request (damaged, unsafe) or payload_too_large
 */
export async function unpackArchive(bytes: Uint8Array, bounds: ArchiveBounds): Promise<ArchiveFile[]> {
  const format = archiveFormat(bytes);
  if (!format) throw new AppError("unsupported_media_type", "Expected a .tar.gz, .tar or .zip archive.");
  const collector = new Collector(bounds);
  try {
    if (format === "zip") collectZip(Buffer.from(bytes), collector);
    else await collectTar(bytes, format, collector);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const reason = error instanceof ZipError ? error.message : "The archive is damaged.";
    throw new AppError("invalid_request", reason, { cause: error });
  }
  return collector.files();
}

/** Without the one folder that everything lies in, which is how most tools pack a project. */
export function stripCommonFolder(files: ArchiveFile[]): ArchiveFile[] {
  const top = files[0]?.path.split("/")[0];
  if (!top || !files.every((file) => file.path.startsWith(`${top}/`))) return files;
  return files.map((file) => ({ ...file, path: file.path.slice(top.length + 1) }));
}

/** A path that stays inside: relative, no "..", no backslash; null when it does not. */
export function safePath(path: string): string | null {
  if (path.startsWith("/") || path.includes("\\") || path.includes("\0") || path.length > 512) return null;
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.length === 0 || parts.includes("..") ? null : parts.join("/");
}

class Collector {
  private readonly byPath = new Map<string, ArchiveFile>();
  private unpackedBytes = 0;

  constructor(private readonly bounds: ArchiveBounds) {}

  /** Throws before the content is read when the announced size is over the bounds. */
  admit(path: string, sizeBytes: number): string {
    const safe = safePath(path);
    if (!safe) throw new AppError("invalid_request", `The archive holds an unsafe path: ${path}`);
    if (this.byPath.size >= this.bounds.maxFiles) {
      throw new AppError("payload_too_large", `The archive holds more than ${this.bounds.maxFiles} files.`);
    }
    this.unpackedBytes += sizeBytes;
    if (this.unpackedBytes > this.bounds.maxUnpackedBytes) {
      const mebibytes = Math.floor(this.bounds.maxUnpackedBytes / 2 ** 20);
      throw new AppError("payload_too_large", `The archive unpacks to more than ${mebibytes} MiB.`);
    }
    return safe;
  }

  add(path: string, content: Uint8Array, mode: number): void {
    this.byPath.set(path, { path, content, executable: (mode & 0o111) !== 0 });
  }

  files(): ArchiveFile[] {
    return [...this.byPath.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
  }
}

function refuseLink(path: string): never {
  throw new AppError("invalid_request", `The archive holds a link or device, which is refused: ${path}`);
}

function collectZip(bytes: Buffer, collector: Collector): void {
  for (const member of readZip(bytes)) {
    if (member.isDirectory) continue;
    if (member.isLink) refuseLink(member.path);
    collector.add(collector.admit(member.path, member.sizeBytes), member.read(), member.mode);
  }
}

async function collectTar(bytes: Uint8Array, format: "tar" | "tar.gz", collector: Collector): Promise<void> {
  const unpack = extract();
  const source = Readable.from(chunksOf(bytes));
  const feeding = format === "tar.gz" ? pipeline(source, createGunzip(), unpack) : pipeline(source, unpack);
  // The loop below reports what is wrong; this keeps a failing feed from being an unhandled rejection.
  const fed = feeding.then(
    () => null,
    (error: unknown) => error,
  );
  for await (const entry of unpack) {
    const { name, size = 0, type, mode = 0 } = entry.header;
    if (type === "file" || type === "contiguous-file") {
      const path = collector.admit(name, size);
      const parts: Buffer[] = [];
      for await (const part of entry) parts.push(part as Buffer);
      collector.add(path, Buffer.concat(parts), mode);
    } else {
      if (type !== "directory") refuseLink(name);
      entry.resume();
    }
  }
  const failure = await fed;
  if (failure) throw failure;
}

function* chunksOf(bytes: Uint8Array): Iterable<Buffer> {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < whole.length; at += 65_536) yield whole.subarray(at, at + 65_536);
}
