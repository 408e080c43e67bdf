import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { extract, type Header, pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import { ArchiveError, copyTar, tarStream } from ".";

type Member = Partial<Header> & { name: string; text?: string };

async function tarOf(members: Member[]): Promise<Buffer> {
  const packer = pack();
  for (const { text, ...header } of members) packer.entry(header, text ?? "");
  packer.finalize();
  return await buffer(packer as AsyncIterable<Buffer>);
}

async function copied(tar: Buffer, dropped: string[] = [], skip?: (path: string) => boolean) {
  const copy = tarStream((into) =>
    copyTar(Readable.from([tar]), into, {
      onDropped: (what) => dropped.push(what),
      ...(skip ? { skip } : {}),
    }),
  );
  const members: Header[] = [];
  const reader = extract();
  copy.on("error", (error) => reader.destroy(error));
  for await (const entry of copy.pipe(reader)) {
    members.push(entry.header);
    entry.resume();
  }
  return members;
}

describe("copyTar", () => {
  it("carries files, folders and links over, with clean names", async () => {
    const members = await copied(
      await tarOf([
        { name: "./", type: "directory" },
        { name: "./a/", type: "directory", mode: 0o750 },
        { name: "./a/file", text: "text", mode: 0o640 },
        { name: "a/link", type: "symlink", linkname: "/anywhere" },
        { name: "a/other", type: "link", linkname: "./a/file" },
      ]),
    );
    expect(members.map(({ name, type, mode, linkname }) => [name, type, mode, linkname])).toEqual([
      ["a/", "directory", 0o750, null],
      ["a/file", "file", 0o640, null],
      ["a/link", "symlink", expect.any(Number), "/anywhere"],
      ["a/other", "link", expect.any(Number), "a/file"],
    ]);
  });

  it("takes set-id bits off and leaves devices and pipes out, and says so once each", async () => {
    const dropped: string[] = [];
    const members = await copied(
      await tarOf([
        { name: "shell", mode: 0o6755, text: "x" },
        { name: "shell2", mode: 0o4755, text: "x" },
        { name: "disk", type: "block-device", devmajor: 8, devminor: 0 },
        { name: "tty", type: "character-device", devmajor: 5, devminor: 0 },
        { name: "pipe", type: "fifo" },
      ]),
      dropped,
    );
    expect(members.map(({ name, mode }) => [name, mode])).toEqual([
      ["shell", 0o755],
      ["shell2", 0o755],
    ]);
    expect(dropped).toEqual(["set-id bits", "devices", "named pipes"]);
  });

  it("leaves out what is to be skipped", async () => {
    const tar = await tarOf([
      { name: "keep", text: "1" },
      { name: "drop", text: "2" },
    ]);
    expect((await copied(tar, [], (path) => path === "drop")).map(({ name }) => name)).toEqual(["keep"]);
  });

  it.each(["../out", "/etc/passwd", "a/../../b"])("refuses %s", async (name) => {
    await expect(copied(await tarOf([{ name, text: "x" }]))).rejects.toBeInstanceOf(ArchiveError);
    const link = await tarOf([{ name: "a", type: "link", linkname: name }]);
    await expect(copied(link)).rejects.toBeInstanceOf(ArchiveError);
  });

  it("fails on what is no tar and on one that was cut off", async () => {
    await expect(copied(randomBytes(4_096))).rejects.toThrow();
    const whole = await tarOf([{ name: "a", text: "x".repeat(5_000) }]);
    await expect(copied(whole.subarray(0, 2_000))).rejects.toThrow("Unexpected end of data");
  });
});
