import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";

export interface StoredFile {
  sizeBytes: number;
  /** Hex SHA-256 of the stored (compressed) bytes. */
  sha256: string;
}

/** A backup holds whole databases: its owner alone may read it, whatever umask the process has. */
const privateFolder = 0o700;
const privateFile = 0o600;

/** Compressed, checksummed files in one local directory. A file is there whole or not at all. */
export class FileStore {
  constructor(private readonly root: string) {}

  /** Bytes still free for writing. */
  async freeBytes(): Promise<number> {
    await mkdir(this.root, { recursive: true, mode: privateFolder });
    const { bavail, bsize } = await statfs(this.root);
    return bavail * bsize;
  }

  /**
   * Writes what `produce` writes, gzipped, under a temporary name; flushed to the disk and renamed when it is whole.
   * @throws what `produce` throws, and the file system's errors (ENOSPC); nothing is left then
   */
  async write(
    location: string,
    produce: (sink: NodeJS.WritableStream) => Promise<void>,
  ): Promise<StoredFile> {
    const target = this.path(location);
    const temporary = `${target}.partial`;
    await mkdir(dirname(target), { recursive: true, mode: privateFolder });
    const gzip = createGzip({ level: 3 });
    const counted = digest();
    try {
      const written = pipeline(gzip, counted.stream, createWriteStream(temporary, { mode: privateFile }));
      // A full disk must end the producer too, which would wait for ever to get rid of its bytes.
      const failed = written.then(() => new Promise<never>(() => {}));
      await Promise.race([produce(gzip), failed]);
      gzip.end();
      await written;
      await flush(temporary);
      await rename(temporary, target);
      await flush(dirname(target));
      return counted.result();
    } catch (error) {
      gzip.destroy();
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** The unpacked content. Check it with `checksum` before trusting it. */
  read(location: string): Readable {
    const file = createReadStream(this.path(location));
    const gunzip = createGunzip();
    file.on("error", (error) => gunzip.destroy(error));
    return file.pipe(gunzip);
  }

  /** Size and digest of the stored bytes; null when the file is missing. */
  async checksum(location: string): Promise<StoredFile | null> {
    const path = this.path(location);
    if (!(await stat(path).catch(() => null))) return null;
    const counted = digest();
    counted.stream.resume();
    await pipeline(createReadStream(path), counted.stream);
    return counted.result();
  }

  /** Removes a file or a whole folder; what is missing is removed. */
  async remove(location: string): Promise<void> {
    await rm(this.path(location), { recursive: true, force: true });
  }

  /** Names directly under a folder; none when it is missing. */
  async list(location: string): Promise<string[]> {
    try {
      return await readdir(this.path(location));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }

  private path(location: string): string {
    const path = resolve(join(this.root, location));
    if (!path.startsWith(resolve(this.root) + sep)) throw new RangeError(`${location} is outside the store.`);
    return path;
  }
}

function digest() {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, result: () => ({ sizeBytes, sha256: hash.digest("hex") }) };
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
