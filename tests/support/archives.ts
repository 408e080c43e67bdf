import { crc32, deflateRawSync } from "node:zlib";
import { type Header, pack } from "tar-stream";

export interface ArchiveEntry {
  path: string;
  text: string;
  mode?: number;
  type?: "file" | "symlink";
}

/** A tar of files and links. */
export async function tarOf(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  return await tarWith(
    entries.map(({ path, text, mode = 0o644, type = "file" }) =>
      type === "symlink"
        ? { header: { name: path, type, linkname: text } }
        : { header: { name: path, mode }, text },
    ),
  );
}

/** A tar of whatever headers are given. */
export async function tarWith(
  entries: readonly { header: Partial<Header> & { name: string }; text?: string }[],
): Promise<Buffer> {
  const packer = pack();
  for (const { header, text } of entries) {
    if (text === undefined) packer.entry(header);
    else packer.entry(header, text);
  }
  packer.finalize();
  const parts: Buffer[] = [];
  for await (const part of packer) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** One header block of a tar, as a writer that keeps no rules makes it. */
export function tarBlock({ name = "a", type = "0", size = 0, mode = 0o644 }): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100, "utf8");
  block.write(`${mode.toString(8).padStart(7, "0")}\0`, 100, "latin1");
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  block.write(type, 156, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** What a zip says that is not so. */
export interface ZipLies {
  /** The size every member claims to have. */
  claim?: number;
  /** All members point to the first one's bytes. */
  overlap?: boolean;
  comment?: string;
}

/** A zip with deflated members. */
export function zipOf(entries: readonly ArchiveEntry[], lies: ZipLies = {}): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [index, { path, text, mode = 0o644, type = "file" }] of entries.entries()) {
    const name = Buffer.from(path);
    const packed = deflateRawSync(text);
    const sizes = Buffer.alloc(8);
    sizes.writeUInt32LE(packed.length, 0);
    sizes.writeUInt32LE(lies.claim ?? Buffer.byteLength(text), 4);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(crc32(text), 16);
    sizes.copy(central, 20);
    central.writeUInt16LE(name.length, 28);
    const kind = mode > 0o7777 ? 0 : type === "symlink" ? 0o120000 : 0o100000;
    central.writeUInt32LE(((mode | kind) << 16) >>> 0, 38);
    central.writeUInt32LE(lies.overlap ? 0 : offset, 42);
    centrals.push(central, name);
    if (lies.overlap && index > 0) continue;
    locals.push(local, name, packed);
    offset += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  const comment = Buffer.from(lies.comment ?? "");
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...locals, directory, end, comment]);
}
