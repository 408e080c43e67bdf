import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedFiles, compareFiles } from "@/lib/features/catalog/file-diff";
import { fileLimits, type VersionFile } from "@/lib/features/catalog/schema";

interface Written {
  path: string;
  bytes: Uint8Array;
  executable: boolean;
}

const facts = (files: readonly Written[]): VersionFile[] =>
  files.map(({ path, bytes, executable }) => ({
    path,
    executable,
    sizeBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  }));
const contents = (files: readonly Written[]) => new Map(files.map((file) => [file.path, file.bytes]));
const compare = (before: readonly Written[], after: readonly Written[]) =>
  compareFiles(changedFiles(facts(before), facts(after)), {
    before: contents(before),
    after: contents(after),
  });
const file = (path: string, content: string | Uint8Array, executable = false): Written => ({
  path,
  bytes: typeof content === "string" ? Buffer.from(content) : content,
  executable,
});

const anyFiles = fc.uniqueArray(
  fc.record({
    path: fc.constantFrom("a", "b/run.sh", "b/c", "é", "z.bin"),
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.string({ unit: "binary", maxLength: 40 }).map((text) => new Uint8Array(Buffer.from(text))),
    ),
    executable: fc.boolean(),
  }),
  { selector: (one) => one.path },
);

describe("the files of two versions", () => {
  it("are compared one and all: whatever differs is listed, and nothing else", () => {
    fc.assert(
      fc.property(anyFiles, anyFiles, (before, after) => {
        const listed = new Map(compare(before, after).map((one) => [one.path, one]));
        for (const path of new Set([...before, ...after].map((one) => one.path))) {
          const was = before.find((one) => one.path === path);
          const is = after.find((one) => one.path === path);
          const same =
            was && is && Buffer.from(was.bytes).equals(is.bytes) && was.executable === is.executable;
          expect(listed.get(path)?.change).toBe(
            same ? undefined : !was ? "added" : !is ? "removed" : "changed",
          );
        }
      }),
    );
  });

  it("show what changed by line in texts, and that something is no text", () => {
    const [bit, script, binary] = compare(
      [file("bit", "x"), file("run.sh", "one\ntwo\n"), file("z.bin", new Uint8Array([0, 1]))],
      [file("bit", "x", true), file("run.sh", "one\nthree\n"), file("z.bin", new Uint8Array([0xff, 0xfe]))],
    );
    expect(bit).toMatchObject({ change: "changed", comparison: "text", lines: [] });
    expect(script?.lines.map((line) => `${line.kind} ${line.text}`)).toEqual([
      "same one",
      "removed two",
      "added three",
    ]);
    expect(binary).toMatchObject({ comparison: "binary", lines: [] });
  });

  it("are bounded: by one file, by all of them, by lines, and by computing", () => {
    const large = compare([], [file("a", "x".repeat(fileLimits.comparedBytes + 1)), file("b", "x")]);
    expect(large.map((one) => one.comparison)).toEqual(["too_large", "text"]);
    expect(compare([], [file("a", "x\n".repeat(fileLimits.comparedLines + 1))])[0]?.comparison).toBe(
      "too_large",
    );
    const many = (text: string) => Array.from({ length: 300 }, (_, index) => file(`f${index}`, text));
    const started = Date.now();
    const shown = compare(many("a\n".repeat(1_900)), many("b\n".repeat(1_900)));
    expect(shown.reduce((sum, one) => sum + one.lines.length, 0)).toBeLessThanOrEqual(
      fileLimits.comparedTotalLines,
    );
    expect(shown.filter((one) => one.comparison === "too_large").length).toBeGreaterThan(0);
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  it("keep their contents from those who don't review", () => {
    const [only] = compareFiles(changedFiles([], facts([file("a", "secret")])), "restricted");
    expect(only).toMatchObject({ comparison: "restricted", lines: [] });
  });
});
