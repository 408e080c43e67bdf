import { gunzip } from "./gzip";
import { ArchiveError, type ArchiveLimits, Budget, refuseKind, refuseSetId, shown } from "./limits";
import { readTar } from "./tar-reader";
import { readZip } from "./zip";

export interface ArchiveFile {
  /** Relative, with slashes, never out of the archive. */
  path: string;
  content: Uint8Array;
  executable: boolean;
}

export type ArchiveFormat = "tar.gz" | "tar" | "zip";

/** The format of an archive by its first bytes; null when it is none that can be unpacked. */
export function archiveFormat(bytes: Uint8Array): ArchiveFormat | null {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "tar.gz";
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)) return "zip";
  const magic = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1", 257, 262);
  return magic === "ustar" ? "tar" : null;
}

/** The bytes of a .tar or .tar.gz as a stream for `readTar`, told by their beginning. */
export function tarBytes(bytes: Uint8Array): AsyncIterable<Buffer> {
  return archiveFormat(bytes) === "tar.gz" ? gunzip(bytes) : chunksOf(bytes);
}

/**
 * Reads an archive that a person sent, every byte of it, within limits. Links, devices, set-id bits, paths that leave
 * it and files that stand twice are refused. Each file's content is a buffer of its own.
 * @param keep false to look only: nothing is held
 * @returns the files by path, without what was not kept
 * @throws ArchiveError
 */
export async function readArchive(
  bytes: Uint8Array,
  limits: ArchiveLimits,
  keep: boolean,
): Promise<ArchiveFile[]> {
  const budget = new Budget(limits, bytes.length);
  const collector = new Collector(budget, keep);
  if (archiveFormat(bytes) === "zip") {
    const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const member of await readZip(archive, budget)) {
      const path = collector.admit(member.name, member.mode, member.isFolder);
      const content = member.read();
      if (path !== null) collector.add(path, member.mode, new Uint8Array(keep ? content : []));
    }
  } else {
    for await (const entry of readTar(tarBytes(bytes), budget)) {
      if (entry.kind !== "file" && entry.kind !== "folder") refuseKind(entry.name);
      const path = collector.admit(entry.name, entry.mode, entry.kind === "folder");
      if (path !== null)
        collector.add(path, entry.mode, await contentOf(entry.content, entry.sizeBytes, keep));
    }
  }
  return collector.files();
}

async function contentOf(
  pieces: AsyncIterable<Buffer>,
  sizeBytes: number,
  keep: boolean,
): Promise<Uint8Array> {
  const content = new Uint8Array(keep ? sizeBytes : 0);
  let at = 0;
  for await (const piece of pieces) {
    if (keep) content.set(piece, at);
    at += piece.length;
  }
  return content;
}

class Collector {
  private readonly byPath = new Map<string, ArchiveFile>();
  private readonly folders = new Set<string>();

  constructor(
    private readonly budget: Budget,
    private readonly keep: boolean,
  ) {}

  /** The path of a file that may be read; null for a folder. */
  admit(name: string, mode: number, isFolder: boolean): string | null {
    refuseSetId(name, mode);
    const path = this.budget.path(name);
    if (isFolder) {
      if (path !== null) this.folders.add(path);
      return null;
    }
    if (path === null || this.byPath.has(path)) {
      throw new ArchiveError(`The archive contains a duplicate or unnamed file: ${shown(name)}`);
    }
    return path;
  }

  add(path: string, mode: number, content: Uint8Array): void {
    this.byPath.set(path, { path, content, executable: (mode & 0o111) !== 0 });
  }

  files(): ArchiveFile[] {
    for (const path of [...this.byPath.keys(), ...this.folders]) {
      if (this.folders.has(path) && this.byPath.has(path)) throw twofold(path);
      for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) {
        if (this.byPath.has(path.slice(0, at))) throw twofold(path);
      }
    }
    if (!this.keep) return [];
    return [...this.byPath.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
  }
}

function twofold(path: string): ArchiveError {
  return new ArchiveError(`The archive contains a file and a folder with the same name: ${shown(path)}`);
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Buffer> {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < whole.length; at += 65_536) yield whole.subarray(at, at + 65_536);
}
