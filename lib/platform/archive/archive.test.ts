import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import { archiveFormat, safePath, stripCommonFolder, unpackArchive } from ".";

const bounds = { maxFiles: 10, maxUnpackedBytes: 10_000 };

interface Entry {
  path: string;
  text: string;
  mode?: number;
  type?: "file" | "symlink";
}

async function tarOf(entries: Entry[]): Promise<Buffer> {
  const packer = pack();
  for (const { path, text, mode = 0o644, type = "file" } of entries) {
    if (type === "symlink") packer.entry({ name: path, type, linkname: text });
    else packer.entry({ name: path, mode }, text);
  }
  packer.finalize();
  const parts: Buffer[] = [];
  for await (const part of packer) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** A zip with deflated members; `claim` lets one lie about its size. */
function zipOf(entries: Entry[], claim?: number): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { path, text, mode = 0o644, type = "file" } of entries) {
    const name = Buffer.from(path);
    const packed = deflateRawSync(text);
    const fields = Buffer.alloc(16);
    fields.writeUInt16LE(8, 0);
    fields.writeUInt32LE(crc32(text), 6);
    const sizes = Buffer.alloc(8);
    sizes.writeUInt32LE(packed.length, 0);
    sizes.writeUInt32LE(claim ?? Buffer.byteLength(text), 4);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    locals.push(local, name, packed);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(crc32(text), 16);
    sizes.copy(central, 20);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(((mode | (type === "symlink" ? 0o120000 : 0o100000)) << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    centrals.push(central, name);
    offset += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

const two: Entry[] = [
  { path: "shop/template.yaml", text: "kind: Template" },
  { path: "shop/run.sh", text: "exit 0", mode: 0o755 },
];

describe("unpackArchive", () => {
  it.each([
    ["tar", async () => await tarOf(two)],
    ["tar.gz", async () => gzipSync(await tarOf(two))],
    ["zip", async () => zipOf(two)],
  ] as const)("reads a %s with its executable bits", async (format, make) => {
    const bytes = await make();
    expect(archiveFormat(bytes)).toBe(format);
    const files = stripCommonFolder(await unpackArchive(bytes, bounds));
    expect(files.map((file) => [file.path, Buffer.from(file.content).toString(), file.executable])).toEqual([
      ["run.sh", "exit 0", true],
      ["template.yaml", "kind: Template", false],
    ]);
  });

  it.each(["../evil", "/etc/passwd", "a/../../b"])("refuses the path %s", async (path) => {
    const entry = [{ path, text: "x" }];
    await expect(unpackArchive(zipOf(entry), bounds)).rejects.toThrow(/unsafe path/);
    expect(safePath(path)).toBeNull();
  });

  it("refuses links in both formats", async () => {
    const link: Entry[] = [{ path: "a", text: "/etc/passwd", type: "symlink" }];
    await expect(unpackArchive(await tarOf(link), bounds)).rejects.toThrow(/link or device/);
    await expect(unpackArchive(zipOf(link), bounds)).rejects.toThrow(/link or device/);
  });

  it("stops at the bounds", async () => {
    const big = [{ path: "a", text: "x".repeat(20_000) }];
    const many = Array.from({ length: 11 }, (_, index) => ({ path: `f${index}`, text: "" }));
    for (const make of [
      async (all: Entry[]) => gzipSync(await tarOf(all)),
      async (all: Entry[]) => zipOf(all),
    ]) {
      await expect(unpackArchive(await make(big), bounds)).rejects.toMatchObject({
        code: "payload_too_large",
      });
      await expect(unpackArchive(await make(many), bounds)).rejects.toMatchObject({
        code: "payload_too_large",
      });
    }
  });

  it("does not unpack more than a zip member announced", async () => {
    const bomb = zipOf([{ path: "a", text: "x".repeat(100_000) }], 10);
    await expect(unpackArchive(bomb, bounds)).rejects.toThrow(/larger than the archive says/);
  });

  it("says that a cut or unknown archive is one", async () => {
    const cut = gzipSync(await tarOf(two)).subarray(0, 60);
    await expect(unpackArchive(cut, bounds)).rejects.toMatchObject({ code: "invalid_request" });
    await expect(unpackArchive(zipOf(two).subarray(0, 80), bounds)).rejects.toMatchObject({
      code: "invalid_request",
    });
    await expect(unpackArchive(Buffer.from("hello"), bounds)).rejects.toMatchObject({
      code: "unsupported_media_type",
    });
  });
});
