import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type ArchiveEntry as Entry, tarOf, zipOf } from "@/tests/support/archives";
import { archiveFormat, safePath, stripCommonFolder, unpackArchive } from ".";

const bounds = { maxEntries: 10, maxBytes: 10_000 };

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
    await expect(unpackArchive(zipOf(entry), bounds)).rejects.toThrow(/outside its folder/);
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
    const bomb = zipOf([{ path: "a", text: "x".repeat(100_000) }], { claim: 10 });
    await expect(unpackArchive(bomb, bounds)).rejects.toThrow(/larger than its header says/);
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
