import type { Readable } from "node:stream";
import { ArchiveError } from "./limits";
import { addContent, addEntry, type Pack, readMembers, type TarMember } from "./tar";

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
  const drop = sayOnce(options.onDropped);
  await readMembers(source, (member) => copyEntry(member, pack, options, drop));
}

async function copyEntry(
  entry: TarMember,
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
    await addContent(pack, { ...header, name: path, type: "file", size }, entry);
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
