import { monitorEventLoopDelay } from "node:perf_hooks";
import { crc32, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { tarBlock, tarOf, tarWith, zipOf } from "@/tests/support/archives";
import { inThread } from "./in-thread";
import { type ArchiveLimits, uploadLimits } from "./limits";
import { readArchive } from "./read-archive";

const file = { path: "a", text: "x" };
const zeros = (bytes: number) => Buffer.alloc(bytes);
const end = zeros(1024);
const blocks = (count: number, block: Buffer) => Buffer.alloc(count * block.length, block);

/** Of a pax header, with its padding. */
function pax(type: string, key: string, value: string): Buffer {
  const length = Buffer.byteLength(` ${key}=${value}\n`);
  const digits = String(length + String(length + String(length).length).length);
  const text = `${digits} ${key}=${value}\n`;
  const padded = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
  padded.write(text);
  return Buffer.concat([tarBlock({ type, size: Buffer.byteLength(text) }), padded]);
}

async function fate(bytes: Uint8Array, limits: ArchiveLimits = uploadLimits): Promise<string> {
  return await readArchive(bytes, limits, true).then(
    (files) => `${files.length} files`,
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

describe("archives that cost more than they weigh", () => {
  const tooMany = /more than 50000 entries/;
  const tooLarge = /unpacks to more than/;
  const after = /data after its end/;
  const cases: [string, () => Uint8Array | Promise<Uint8Array>, RegExp][] = [
    [
      "a hundred thousand folders",
      () => gzipSync(blocks(100_000, tarBlock({ name: "d/", type: "5" }))),
      tooMany,
    ],
    ["headers that describe nothing", () => gzipSync(blocks(60_000, pax("x", "comment", "x"))), tooMany],
    ["global headers", () => gzipSync(blocks(60_000, pax("g", "comment", "x"))), tooMany],
    ["long names of nothing", () => gzipSync(blocks(100_000, tarBlock({ type: "L" }))), tooMany],
    ["a description of 8 GiB", () => tarBlock({ type: "x", size: 0o77777777777 }), /header that is too long/],
    ["a long name of 1 GiB", () => tarBlock({ type: "L", size: 2 ** 30 }), /header that is too long/],
    ["zeros after the end", () => gzipSync(Buffer.concat([end, zeros(64 * 2 ** 20)]), { level: 1 }), after],
    ["bytes after the end", () => gzipSync(Buffer.concat([end, Buffer.from("more")])), after],
    [
      "one file of zeros",
      () => gzipSync(Buffer.concat([tarBlock({ size: 2 ** 31 }), zeros(64 * 2 ** 20)])),
      tooLarge,
    ],
    [
      "a ratio beyond belief",
      () => gzipSync(Buffer.concat([tarBlock({ size: 200 * 2 ** 20 }), zeros(2 ** 20)]), { level: 9 }),
      /more than 250 times its size/,
    ],
    [
      "members that share their bytes",
      () =>
        zipOf(
          Array.from({ length: 1000 }, () => ({ path: "same", text: "x".repeat(10_000) })),
          { overlap: true },
        ),
      /overlap/,
    ],
    [
      "members that claim the world",
      () => zipOf([file, { path: "b", text: "" }], { claim: 0x7fffffff }),
      tooLarge,
    ],
  ];

  it.each(cases)("%s", async (_name, make, expected) => {
    const bytes = await make();
    const startMs = performance.now();
    expect(await fate(bytes)).toMatch(expected);
    // A machine that does other things too; the point is that it is not minutes.
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });

  it("a zip of many members", async () => {
    const many = zipOf(Array.from({ length: 1_001 }, (_, index) => ({ path: `d${index}/`, text: "" })));
    expect(await fate(many, { ...uploadLimits, maxEntries: 1_000 })).toMatch(/more than 1000 entries/);
  });

  it("a gzip of many members, or with something behind it", async () => {
    const tar = await tarOf([file]);
    const half = tar.length / 2;
    const members = Buffer.concat([gzipSync(tar.subarray(0, half)), gzipSync(tar.subarray(half))]);
    const empties = Buffer.concat([gzipSync(tar), blocks(50_000, gzipSync(""))]);
    const rubbish = Buffer.concat([gzipSync(tar), Buffer.from("rubbish")]);
    expect(await fate(members)).not.toMatch(/files/);
    expect(await fate(empties)).toMatch(after);
    expect(await fate(rubbish)).toMatch(after);
    expect(await fate(gzipSync(tar))).toBe("1 files");
  });

  it("a gzip whose checksum or size is wrong, or whose header never ends", async () => {
    const good = gzipSync(await tarOf([file]));
    for (const at of [good.length - 8, good.length - 4]) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 1;
      expect(await fate(bad)).toMatch(/damaged/);
    }
    const endless = Buffer.concat([
      Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]),
      Buffer.alloc(100, 0x61),
    ]);
    expect(await fate(endless)).toMatch(/damaged/);
  });
});

/** The same zip, whose end record counts one member less. */
function fewer(zip: Buffer): Buffer {
  const copy = Buffer.from(zip);
  const end = copy.length - 22;
  copy.writeUInt16LE(copy.readUInt16LE(end + 10) - 1, end + 10);
  return copy;
}

/** The same zip with what tells readers of zip64 where else a directory is, right before its end record. */
function withLocator(zip: Buffer): Buffer {
  const end = zip.length - 22;
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeUInt32LE(zip.readUInt16LE(end + 10), 32);
  record.writeUInt32LE(zip.readUInt32LE(end + 16), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeUInt32LE(end, 8);
  return Buffer.concat([zip.subarray(0, end), record, locator, zip.subarray(end)]);
}

describe("a zip accounts for each of its bytes", () => {
  const good = zipOf([file]);
  const patched = (at: number, byte: number) => {
    const copy = Buffer.from(good);
    copy[at] = byte;
    return copy;
  };
  it.each([
    [
      "bytes before the first member",
      Buffer.concat([Buffer.from("PK\x03\x04MZ"), good]),
      /damaged|none of its/,
    ],
    ["bytes after the end", Buffer.concat([good, Buffer.from("x")]), /trailing data/],
    ["a comment that is a file of its own", zipOf([file], { comment: "x".repeat(5_000) }), /trailing data/],
    ["a member listed twice", zipOf([file, file]), /duplicate/],
    ["another name inside than outside", patched(30, 0x62), /directory is damaged/],
    ["a directory that begins elsewhere", patched(good.length - 22 + 16, 0), /damaged|none of its/],
    [
      "fewer members than its directory holds",
      fewer(zipOf([file, { path: "b", text: "" }])),
      /damaged|none of its/,
    ],
    ["a second directory named by a zip64 locator", withLocator(good), /Zip64/],
    ["a member of an unknown size", zipOf([file], { claim: 0xffffffff }), /unpacks to more/],
    ["a checksum that is wrong", patched(good.length - 22 - 47 + 16, 0), /is damaged/],
    ["a device", zipOf([{ ...file, mode: 0o020644 }]), /link or device/],
    ["a pipe", zipOf([{ ...file, mode: 0o010644 }]), /link or device/],
    ["a socket", zipOf([{ ...file, mode: 0o140644 }]), /link or device/],
    ["a set-user-ID bit", zipOf([{ ...file, mode: 0o4755 }]), /set-user-ID/],
    ["a folder with content", zipOf([{ path: "a/", text: "x" }]), /damaged/],
  ])("%s", async (_name, bytes, expected) => {
    expect(await fate(bytes)).toMatch(expected);
  });

  it("takes a short comment, as Git's hosts write one", async () => {
    expect(await fate(zipOf([file], { comment: "0123456789abcdef0123456789abcdef01234567" }))).toBe(
      "1 files",
    );
  });
});

describe("a tar holds files and folders, nothing else", () => {
  const typed = (type: string) => Buffer.concat([tarBlock({ type }), end]);
  it.each([
    ["hard link", "1"],
    ["symbolic link", "2"],
    ["character device", "3"],
    ["block device", "4"],
    ["pipe", "6"],
    ["sparse file", "S"],
    ["volume header", "V"],
    ["something no one knows", "Z"],
  ])("no %s", async (_name, type) => {
    expect(await fate(typed(type))).toMatch(/link or device/);
  });

  it.each([0o4755, 0o2755, 0o6777])("no set-id bits (%o), on files and on folders", async (mode) => {
    expect(await fate(Buffer.concat([tarBlock({ mode }), end]))).toMatch(/set-group-ID/);
    expect(await fate(Buffer.concat([tarBlock({ mode, name: "d/", type: "5" }), end]))).toMatch(
      /set-group-ID/,
    );
  });

  it.each([
    ["too deep", "d/".repeat(200), /too deep/],
    ["too long", "d".repeat(2_000), /too long/],
    ["one part too long", `d/${"é".repeat(200)}`, /too long/],
    ["out of it by its long name", "../../etc/passwd", /outside its folder/],
    ["a control character", "a\x1b[2Jb", /control characters/],
  ])("no path that is %s", async (_name, name, expected) => {
    expect(await fate(await tarWith([{ header: { name, pax: { path: name } }, text: "x" }]))).toMatch(
      expected,
    );
  });

  it("no file that stands twice, or that is a folder too", async () => {
    expect(await fate(await tarOf([file, file]))).toMatch(/duplicate/);
    expect(await fate(await tarOf([file, { path: "a/b", text: "" }]))).toMatch(/file and a folder/);
    expect(
      await fate(
        await tarWith([{ header: { name: "a", type: "directory" } }, { header: { name: "a/" }, text: "x" }]),
      ),
    ).not.toMatch(/files/);
  });

  it("no global header that renames, no sparse description, no checksum that is wrong", async () => {
    const one = tarBlock({});
    expect(await fate(Buffer.concat([pax("g", "path", "../x"), one, end]))).toMatch(/damaged/);
    expect(await fate(Buffer.concat([pax("x", "GNU.sparse.major", "1"), one, end]))).toMatch(/sparse/);
    expect(await fate(Buffer.concat([pax("x", "size", "-1"), one, end]))).toMatch(/damaged/);
    const bad = Buffer.from(one);
    bad[0] = 0x7a;
    expect(await fate(Buffer.concat([bad, end]))).toMatch(/damaged/);
    expect(await fate(Buffer.concat([pax("g", "comment", "of Git"), one, end]))).toBe("1 files");
  });
});

describe("the thread that reads", () => {
  /** Slow to read and within its limits: a zip of many middling members. */
  const slow = zipOf(
    Array.from({ length: 20 }, (_, index) => ({ path: `f${index}`, text: `${index}`.repeat(2 ** 21) })),
  );

  it("leaves the event loop of the process alone", async () => {
    expect(crc32(slow)).toBeGreaterThan(0);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const files = await inThread(slow, { maxBytes: 2 ** 27, maxEntries: 100 }, false);
    delay.disable();
    expect(files).toEqual([]);
    expect(delay.max / 1e6).toBeLessThan(250);
  });

  it("is ended at its deadline", async () => {
    const startMs = performance.now();
    await expect(
      inThread(slow, { maxBytes: 2 ** 27, maxEntries: 100 }, true, { deadlineMs: 20 }),
    ).rejects.toThrow(/timed out/);
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });

  it("hands over contents that are its own, byte for byte", async () => {
    const many = Array.from({ length: 500 }, (_, index) => ({ path: `d/f${index}`, text: `text ${index}` }));
    const files = await inThread(gzipSync(await tarOf(many)), uploadLimits, true);
    const texts = new Map(files.map((one) => [one.path, Buffer.from(one.content).toString()]));
    expect(texts).toEqual(new Map(many.map((one) => [one.path, one.text])));
  });
});
