import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack as createPack, extract, type Header, type Pack } from "tar-stream";
import { ArchiveError } from "./limits";

export interface TarCopy {
  /** Whether an entry is left out, by its path. */
  skip?: (path: string) => boolean;
  /** Told once for each kind of thing that is not carried over: set-id bits, devices, pipes. */
  onDropped?: (what: string) => void;
}

/** Permissions a copy may carry: no set-id bits. */
const carriedModes = 0o1777;

/**
 * Copies the entries of a tar into another: files, folders and links with clean relative names, without set-id bits;
 * devices and pipes are left out. Nothing is written to a file system.
 * @throws ArchiveError when the tar is damaged or names something outside of itself
 */
export async function copyTar(source: Readable, pack: Pack, options: TarCopy = {}): Promise<void> {
  const reader = extract();
  const flow = pipeline(source, reader).then(
    () => null,
    (error: unknown) => error,
  );
  const drop = sayOnce(options.onDropped);
  for await (const entry of reader) await copyEntry(entry as unknown as Entry, pack, options, drop);
  const failure = await flow;
  if (failure) throw failure;
}

type Entry = Readable & { header: Header };

async function copyEntry(
  entry: Entry,
  pack: Pack,
  { skip }: TarCopy,
  drop: (what: string) => void,
): Promise<void> {
  const { name, type, mode = 0o644, mtime, size = 0, linkname } = entry.header;
  const path = cleanPath(name);
  const header = { mode: mode & carriedModes, ...(mtime ? { mtime } : {}) };
  if (path === "" || skip?.(path)) return void entry.resume();
  if (type === "file" || type === "contiguous-file") {
    if (mode & 0o6000) drop("set-id bits");
    await copyContent(entry, pack, { ...header, name: path, type: "file", size });
    return;
  }
  if (type === "directory") await addEntry(pack, { ...header, name: `${path}/`, type });
  else if (type === "symlink")
    await addEntry(pack, { ...header, name: path, type, linkname: linkname ?? "" });
  else if (type === "link")
    await addEntry(pack, { ...header, name: path, type, linkname: cleanPath(linkname ?? "") });
  else drop(type === "fifo" ? "named pipes" : "devices");
  entry.resume();
}

/** @throws ArchiveError for a path that leaves the archive */
function cleanPath(name: string): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (name.startsWith("/") || name.includes("\0") || parts.includes("..")) {
    throw new ArchiveError(`The archive contains a path outside its folder: ${name.slice(0, 200)}`);
  }
  return parts.join("/");
}

function sayOnce(say: ((what: string) => void) | undefined): (what: string) => void {
  const said = new Set<string>();
  return (what) => {
    if (!said.has(what)) say?.(what);
    said.add(what);
  };
}

async function copyContent(
  entry: Entry,
  pack: Pack,
  header: Partial<Header> & { name: string },
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const sink = pack.entry(header, (error) => (error ? reject(error) : resolve()));
    pipeline(entry, sink).catch(reject);
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

/** Adds an entry that is on no disk. */
export function addEntry(
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
