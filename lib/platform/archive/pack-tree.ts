import { lstat, open, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack as createPack, type Header, type Pack } from "tar-stream";

/** A file of a living program may be gone by the time it is its turn. */
function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

/** Adds a directory's content to a tar, in order of names; sockets and what `skip` names are left out. */
export async function packTree(
  pack: Pack,
  root: string,
  skip: (path: string) => boolean = () => false,
  signal?: AbortSignal,
): Promise<void> {
  const walk = async (relative: string): Promise<void> => {
    const names = await readdir(join(root, relative)).catch((error: unknown) => {
      if (isGone(error)) return [];
      throw error;
    });
    for (const name of names.sort()) {
      signal?.throwIfAborted();
      const path = relative === "" ? name : `${relative}/${name}`;
      if (skip(path)) continue;
      if (await packOne(pack, root, path)) await walk(path);
    }
  };
  await walk("");
}

/** Adds one entry; true when it is a directory to go into. */
async function packOne(pack: Pack, root: string, path: string): Promise<boolean> {
  const full = join(root, path);
  try {
    const facts = await lstat(full);
    const header = { name: path, mode: facts.mode & 0o7777, mtime: facts.mtime };
    if (facts.isDirectory()) {
      await addEntry(pack, { ...header, name: `${path}/`, type: "directory" });
      return true;
    }
    if (facts.isSymbolicLink()) {
      await addEntry(pack, { ...header, type: "symlink", linkname: await readlink(full) });
    } else if (facts.isFile()) {
      await packFile(pack, full, header);
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  return false;
}

function addEntry(
  pack: Pack,
  header: Partial<Header> & { name: string },
  content?: Buffer | string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    if (content === undefined) pack.entry(header, done);
    else pack.entry(header, content, done);
  });
}

/** A tar that `fill` writes, as a stream of Node; a failure of `fill` is a failure of the stream. */
export function tarStream(fill: (pack: Pack) => Promise<void>): Readable {
  const pack = createPack();
  fill(pack).then(
    () => pack.finalize(),
    (error: unknown) => pack.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return Readable.from(pack as AsyncIterable<Buffer>, { objectMode: false });
}

/** Adds a small file that is on no disk. */
export async function packText(pack: Pack, name: string, text: string): Promise<void> {
  await addEntry(pack, { name, mode: 0o600, type: "file" }, text);
}

/** Exactly as many bytes as the file had when it was opened: one that grows is cut, one that shrinks is padded. */
async function packFile(pack: Pack, full: string, header: Partial<Header> & { name: string }): Promise<void> {
  const file = await open(full, "r");
  try {
    const { size } = await file.stat();
    await new Promise<void>((resolve, reject) => {
      const entry = pack.entry({ ...header, type: "file", size }, (error) =>
        error ? reject(error) : resolve(),
      );
      pipeline(exactly(file, size), entry).catch(reject);
    });
  } finally {
    await file.close();
  }
}

async function* exactly(file: Awaited<ReturnType<typeof open>>, size: number): AsyncGenerator<Buffer> {
  for (let position = 0; position < size; ) {
    const wanted = Math.min(256 * 1024, size - position);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, position);
    // The rest of a file that was truncated meanwhile reads as zeros.
    const length = bytesRead === 0 ? wanted : bytesRead;
    position += length;
    yield buffer.subarray(0, length);
  }
}
