import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract, type Header, type Pack } from "tar-stream";

/**
 * Copies a tar into another one with everything moved below a folder. Fails on what is not a whole tar, holds
 * nothing or a device, or names a place outside itself. Owners, modes, times and links are kept.
 */
export async function moveEntries(source: Readable, target: Pack, folder: string): Promise<void> {
  const reader = extract();
  const reading = pipeline(source, reader);
  // Its failure is also thrown by the loop below; this keeps it from counting as unhandled before.
  reading.catch(() => undefined);
  let count = 0;
  for await (const entry of reader) {
    count += 1;
    const header = movedHeader(entry.header, folder);
    // The engine unpacks as the host's root. No component can make a device, so no copy of one holds any.
    if (header.type?.endsWith("-device")) throw new Error(`contains the device ${entry.header.name}`);
    if (header.type === "file" || header.type === "contiguous-file") {
      await pipeline(entry, target.entry(header));
    } else {
      (target.entry(header) as unknown as Writable).end();
      entry.resume();
    }
  }
  await reading;
  if (count === 0) throw new Error("archive is empty");
  target.finalize();
}

function movedHeader(header: Header, folder: string): Header {
  // Extended attributes stay; path and link name are written anew, or they would undo the move.
  const {
    path: _path,
    linkpath: _linkpath,
    size: _size,
    ...pax
  } = (header.pax ?? {}) as Record<string, unknown>;
  const name = below(header.name, folder);
  const linkname = header.type === "link" ? below(header.linkname ?? "", folder) : header.linkname;
  return { ...header, name, linkname, pax };
}

function below(name: string, folder: string): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw new Error(`${name} points outside the archive`);
  return [folder, ...parts].join("/");
}
