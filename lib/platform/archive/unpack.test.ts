import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tarBlock, tarOf, tarWith, zipOf } from "@/tests/support/archives";
import { packTree, tarBytes, tarStream, unpackTar, unpackZip } from ".";
import { readArchive } from "./read-archive";

const backup = { maxBytes: Number.MAX_SAFE_INTEGER, maxEntries: Number.MAX_SAFE_INTEGER, allowLinks: true };
const upload = { maxBytes: 10_000, maxEntries: 50, allowLinks: false };

let folder: string;
let from: string;
let to: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rostrum-archive-"));
  [from, to] = [join(folder, "from"), join(folder, "to")];
  for (const path of [from, to]) mkdirSync(path);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Everything below a folder: kinds, modes and contents. */
function picture(root: string): Record<string, string> {
  const names = readdirSync(root, { recursive: true }) as string[];
  return Object.fromEntries(
    names.sort().map((name) => {
      const path = join(root, name);
      const facts = lstatSync(path);
      if (facts.isSymbolicLink()) return [name, `link ${readlinkSync(path)}`];
      const mode = (facts.mode & 0o777).toString(8);
      return [
        name,
        facts.isDirectory() ? `folder ${mode}` : `${mode} ${readFileSync(path).toString("base64")}`,
      ];
    }),
  );
}

function makeTree(): void {
  const deep = "folder-with-a-rather-long-name/".repeat(9);
  mkdirSync(join(from, deep), { recursive: true });
  mkdirSync(join(from, "empty"), { mode: 0o700 });
  writeFileSync(join(from, deep, `${"é".repeat(100)}.txt`), "deep");
  writeFileSync(join(from, "run.sh"), "exit 0", { mode: 0o755 });
  writeFileSync(join(from, "large"), Buffer.alloc(3 * 2 ** 20 + 7, "0123456789"));
  writeFileSync(join(from, "none"), "");
  symlinkSync(`../${"x".repeat(150)}`, join(from, "link"));
}

describe("a tree", () => {
  it("comes back as it was packed: long names, links, modes, large and empty files", async () => {
    makeTree();
    await unpackTar(
      tarStream((pack) => packTree(pack, from)),
      to,
      backup,
    );
    expect(picture(to)).toEqual(picture(from));
  });

  it.each(["gnu", "posix", "ustar"])("comes back from the %s format of tar", async (format) => {
    makeTree();
    if (format === "ustar") rmSync(join(from, "link"));
    if (format === "ustar") rmSync(join(from, "folder-with-a-rather-long-name"), { recursive: true });
    const bytes = execFileSync("tar", ["-C", from, `--format=${format}`, "-cf", "-", "."], {
      maxBuffer: 2 ** 24,
    });
    await unpackTar(tarBytes(gzipSync(bytes)), to, backup);
    expect(picture(to)).toEqual(picture(from));
  });

  it("loses its set-id and sticky bits", async () => {
    const blocks = [
      tarBlock({ name: "tool", mode: 0o6755 }),
      tarBlock({ name: "shared/", type: "5", mode: 0o3775 }),
      Buffer.alloc(1024),
    ];
    await unpackTar(tarBytes(Buffer.concat(blocks)), to, backup);
    expect(statSync(join(to, "tool")).mode & 0o7000).toBe(0);
    expect(statSync(join(to, "shared")).mode & 0o7000).toBe(0);
  });

  it("does not write or change modes through a link that it brought", async () => {
    const outside = join(folder, "outside");
    mkdirSync(outside, { mode: 0o755 });
    const link = { header: { name: "d", type: "symlink", linkname: outside } } as const;
    for (const second of [
      { header: { name: "d/file" }, text: "x" },
      { header: { name: "d", type: "directory", mode: 0o777 } } as const,
      { header: { name: "d" }, text: "x" },
    ]) {
      await expect(unpackTar(tarBytes(await tarWith([link, second])), to, backup)).rejects.toThrow(
        /through a link/,
      );
      rmSync(join(to, "d"));
    }
    expect([readdirSync(outside), statSync(outside).mode & 0o777]).toEqual([[], 0o755]);
  });
});

describe("an upload that is unpacked to disk", () => {
  it("is held to the same limits as one that is read", async () => {
    const file = { path: "a", text: "x" };
    const many = Array.from({ length: 60 }, (_, index) => ({ path: `f${index}`, text: "" }));
    const tars = [
      await tarOf([{ ...file, path: "../a" }]),
      await tarOf([{ ...file, type: "symlink" }]),
      await tarOf([file, file]),
      await tarOf(many),
      await tarOf([{ path: "a", text: "x".repeat(20_000) }]),
      Buffer.concat([tarBlock({ mode: 0o4755 }), Buffer.alloc(1024)]),
      Buffer.concat([tarBlock({ type: "1" }), Buffer.alloc(1024)]),
      Buffer.concat([tarBlock({ type: "3" }), Buffer.alloc(1024)]),
      Buffer.concat([await tarOf([file]), Buffer.from("more")]),
    ];
    for (const tar of tars) {
      await expect(unpackTar(tarBytes(tar), mkdtempSync(join(folder, "t")), upload)).rejects.toThrow();
      await expect(readArchive(tar, upload, true)).rejects.toThrow();
    }
    const zips = [
      zipOf([{ ...file, path: "../a" }]),
      zipOf([{ ...file, type: "symlink" }]),
      zipOf([file, file]),
      zipOf(many),
      zipOf([{ path: "a", text: "x".repeat(20_000) }]),
      zipOf([{ ...file, mode: 0o4755 }]),
    ];
    for (const zip of zips) {
      expect(() => unpackZip(zip, mkdtempSync(join(folder, "z")), upload)).toThrow();
      await expect(readArchive(zip, upload, true)).rejects.toThrow();
    }
    expect(existsSync(join(folder, "a"))).toBe(false);
  });

  it("lies where it belongs", async () => {
    const entries = [
      { path: "app/run.sh", text: "exit 0", mode: 0o755 },
      { path: "app/x", text: "x" },
    ];
    await unpackTar(tarBytes(await tarOf(entries)), from, upload);
    unpackZip(zipOf(entries), to, upload);
    expect(picture(to)).toEqual(picture(from));
  });
});
