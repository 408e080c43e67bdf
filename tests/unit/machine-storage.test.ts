import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { whoFilled } from "@/lib/clouds/machine/data/disk-filling";
import { heldBytes } from "@/lib/clouds/machine/data/measure";
import { boundLog, readLog, tailText, writtenBytes } from "@/lib/clouds/machine/processes/log-file";
import type { Member } from "@/lib/clouds/machine/processes/members";
import { stopGraceMs } from "@/lib/clouds/machine/spec";
import { readProcess } from "@/lib/platform/exec/process-table";

const mebibyte = 2 ** 20;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "rostrum-storage-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("a log that its component made long without writing", () => {
  const hole = 2 ** 40;
  const make = () => {
    const path = join(directory, "output.log");
    const file = openSync(path, "a");
    writeSync(file, "before\n");
    ftruncateSync(file, hole);
    writeSync(file, "after\n");
    return { path, file };
  };

  it("is read as what was written to it, and counts as that", () => {
    const { path, file } = make();
    expect(tailText(path, 10)).toEqual(["before", "after"]);
    expect(writtenBytes(fstatSync(file))).toBeLessThan(mebibyte);
    closeSync(file);
  });

  it("is cut to what was written to it", () => {
    const { path, file } = make();
    boundLog(path);
    expect(fstatSync(file).size).toBe("before\nafter\n".length);
    writeSync(file, "later\n");
    expect(tailText(path, 10)).toEqual(["before", "after", "later"]);
    closeSync(file);
  });

  it("is followed past the hole", async () => {
    const path = join(directory, "output.log");
    const file = openSync(path, "a");
    writeSync(file, "before\n");
    const done = new AbortController();
    const lines: string[] = [];
    setTimeout(() => {
      ftruncateSync(file, hole);
      writeSync(file, "after\n");
    }, 100);
    const limit = setTimeout(() => done.abort(), 5_000);
    for await (const { text } of readLog(path, { tailLines: 5, follow: true, signal: done.signal })) {
      lines.push(text);
      if (text === "after") done.abort();
    }
    clearTimeout(limit);
    expect(lines).toEqual(["before", "after"]);
    closeSync(file);
  });

  it("keeps the end of one that was written in full", () => {
    const path = join(directory, "output.log");
    const file = openSync(path, "a");
    const line = `${"x".repeat(1_023)}\n`;
    for (let count = 0; count < 33; count += 1) writeSync(file, line.repeat(1_024));
    writeSync(file, "last\n");
    boundLog(path);
    expect(fstatSync(file).size).toBeLessThanOrEqual(4 * mebibyte);
    expect(tailText(path, 1)).toEqual(["last"]);
    closeSync(file);
  });
});

describe("a log of odd lines", () => {
  const write = (...pieces: (string | Buffer)[]) => {
    const path = join(directory, "output.log");
    const file = openSync(path, "a");
    for (const piece of pieces) writeSync(file, Buffer.from(piece));
    closeSync(file);
    return path;
  };
  /** What a reader is told who follows while the pieces are written one after another. */
  const follow = async (path: string, ...pieces: (string | Buffer)[]) => {
    const done = new AbortController();
    const limit = setTimeout(() => done.abort(), 5_000);
    const lines: string[] = [];
    const writing = (async () => {
      for (const piece of pieces) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        write(piece);
      }
    })();
    for await (const { text } of readLog(path, { tailLines: 5, follow: true, signal: done.signal })) {
      lines.push(text);
      if (text.endsWith("END")) done.abort();
    }
    clearTimeout(limit);
    await writing;
    return lines;
  };

  it("shows the end of a single line that is longer than what is read, between words", () => {
    const path = write("word ".repeat(300_000), "last words\n");
    const [line = "", ...others] = tailText(path, 10);
    expect(others).toEqual([]);
    expect(line).toMatch(/^… word (word )+last words$/);
    expect(tailText(write("word ".repeat(300_000)), 10).at(-1)).toMatch(/^… word /);
  });

  it("says that a word is too long rather than show its half", () => {
    expect(tailText(write("x".repeat(2 * mebibyte)), 10)).toEqual(["… (word too long to show)"]);
  });

  it("keeps the beginning of a line that comes in pieces while someone follows", async () => {
    const path = write("first\n", "begin");
    expect(tailText(path, 10)).toEqual(["first", "begin"]);
    expect(await follow(path, "ning, ", "END\n")).toEqual(["first", "beginning, END"]);
  });

  it("keeps characters whole that are cut by the end of what was read", async () => {
    const [left, right] = [Buffer.from("ä").subarray(0, 1), Buffer.from("ä").subarray(1)];
    const path = write("gr", left);
    expect(await follow(path, Buffer.concat([right, Buffer.from("ße ")]), "END\n")).toEqual(["gräße END"]);
  });

  it("does not join what stood before the log was cut to what comes after", async () => {
    const path = write("old line that has no end");
    const cut = follow(path);
    await new Promise((resolve) => setTimeout(resolve, 400));
    ftruncateSync(openSync(path, "r+"), 0);
    await new Promise((resolve) => setTimeout(resolve, 400));
    write("new END\n");
    expect(await cut).toEqual(["new END"]);
  });
});

describe("files without a name", () => {
  it("count once each for as long as a process holds them", async () => {
    const own = readProcess(process.pid) as Member;
    const before = await heldBytes([own]);
    const path = join(directory, "held");
    const [file, again] = [openSync(path, "w"), openSync(path, "r")];
    writeSync(file, Buffer.alloc(3 * mebibyte, 1));
    expect((await heldBytes([own])) - before).toBeLessThan(mebibyte);
    unlinkSync(path);
    const held = (await heldBytes([own, own])) - before;
    expect(held).toBeGreaterThanOrEqual(3 * mebibyte);
    expect(held).toBeLessThan(4 * mebibyte);
    closeSync(file);
    closeSync(again);
    expect((await heldBytes([own])) - before).toBeLessThan(mebibyte);
  });
});

describe("who filled the disk", () => {
  const growth = (of: string, storedMiB: number, writtenMiB: number) => ({
    of,
    storedBytes: storedMiB * mebibyte,
    writtenBytes: writtenMiB * mebibyte,
  });

  it("is the component that stores most, when that explains the loss", () => {
    expect(whoFilled(100 * mebibyte, [growth("a", 80, 1), growth("b", 10, 300)])).toBe("a");
  });

  it("is the component that wrote most, when what is seen does not explain it", () => {
    expect(whoFilled(100 * mebibyte, [growth("victim", 4, 4), growth("hider", 0, 96)])).toBe("hider");
  });

  it("is no one when no component explains it, and when nothing has grown", () => {
    expect(whoFilled(2_000 * mebibyte, [growth("victim", 4, 4), growth("other", 0, 0)])).toBeNull();
    expect(whoFilled(0, [growth("first look", 0, 0), growth("smaller", -5, 0)])).toBeNull();
  });
});

describe("the time a component has to end by itself", () => {
  it("is what it asks for, up to five minutes", () => {
    expect(stopGraceMs({ stop_grace_period: undefined })).toBe(10_000);
    expect(stopGraceMs({ stop_grace_period: "90s" })).toBe(90_000);
    expect(stopGraceMs({ stop_grace_period: "24h" })).toBe(300_000);
    expect(stopGraceMs({ stop_grace_period: "soon" })).toBe(10_000);
  });
});
