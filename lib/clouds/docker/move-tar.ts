import type { Readable } from "node:stream";
import { addContent, addEntry, type Header, type Pack, readMembers } from "@/lib/platform/archive";

/**
 * Copies a tar into another one with everything moved below a folder. Fails on what is not a whole tar, holds
 * nothing or a device, or names a place outside itself. Owners, modes, times and links are kept.
 */
export async function moveEntries(source: Readable, target: Pack, folder: string): Promise<void> {
  let count = 0;
  await readMembers(source, async (member) => {
    count += 1;
    const header = movedHeader(member.header, folder);
    // The engine unpacks as the host's root. No component can make a device, so no copy of one holds any.
    if (header.type?.endsWith("-device")) throw new Error(`contains the device ${member.header.name}`);
    if (header.type === "file" || header.type === "contiguous-file") {
      await addContent(target, header, member);
    } else {
      await addEntry(target, header);
      member.resume();
    }
  });
  if (count === 0) throw new Error("archive is empty");
  target.finalize();
}

function movedHeader(header: Header, folder: string): Header {
  // Extended attributes stay; path and link name are written again, or they would undo the move.
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
