import { createHash, type Hash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, rename, rm, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { getConfig } from "../config";

/** What is kept of a stored stream. */
export interface Stored {
  /** Path below the backups folder. */
  location: string;
  sizeBytes: number;
  /** SHA-256 of the stored (compressed) file, hex. */
  sha256: string;
}

/** The stored file is not what was stored. */
export class ChecksumError extends Error {
  override readonly name = "ChecksumError";
}

/** Leave this much of the disk to everything else. */
const reserveBytes = 64 * 1024 * 1024;

function root(): string {
  return join(getConfig().dataDir, "backups");
}

/**
 * Compresses and stores a stream: written to a temporary name, flushed to disk and only then given its own, so that
 * a file with its name is whole. Nothing is left behind on failure.
 * @throws Error with a sentence when the disk is full
 */
export async function storeStream(location: string, source: Readable, signal: AbortSignal): Promise<Stored> {
  const target = join(root(), location);
  const temporary = `${target}.part`;
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const counter = new Counter();
  try {
    await refuseFullDisk(dirname(target));
    await pipeline(source, createGzip({ level: 1 }), counter, createWriteStream(temporary, { mode: 0o600 }), {
      signal,
    });
    const file = await open(temporary, "r+");
    await file.sync();
    await file.close();
    await rename(temporary, target);
    return { location, sizeBytes: counter.bytes, sha256: counter.hash.digest("hex") };
  } catch (error) {
    await rm(temporary, { force: true });
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") throw new Error(fullDisk, { cause: error });
    throw error;
  }
}

/**
 * The stored stream, decompressed, after its checksum was compared: nothing damaged is ever handed out.
 * @throws ChecksumError when the file is missing or was changed
 */
export async function readStream(stored: Pick<Stored, "location" | "sha256">): Promise<Readable> {
  const path = join(root(), stored.location);
  const counter = new Counter();
  try {
    await pipeline(createReadStream(path), counter, async (chunks) => {
      for await (const _ of chunks);
    });
  } catch (error) {
    throw new ChecksumError("The backup's file cannot be read.", { cause: error });
  }
  if (counter.hash.digest("hex") !== stored.sha256) {
    throw new ChecksumError("The backup's file is not what was stored: its checksum differs.");
  }
  const gunzip = createGunzip();
  createReadStream(path)
    .on("error", (error) => gunzip.destroy(error))
    .pipe(gunzip);
  return gunzip;
}

/** Deletes a file or folder below the backups folder. */
export async function removeStored(location: string): Promise<void> {
  await rm(join(root(), location), { recursive: true, force: true });
}

const fullDisk = "The disk for backups is full. Free some space or delete old backups.";

async function refuseFullDisk(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < reserveBytes) throw new Error(fullDisk);
}

class Counter extends Transform {
  bytes = 0;
  readonly hash: Hash = createHash("sha256");

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error: null, chunk: Buffer) => void,
  ): void {
    this.bytes += chunk.length;
    this.hash.update(chunk);
    done(null, chunk);
  }
}
