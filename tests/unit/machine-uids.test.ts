import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UidBook } from "@/lib/clouds/machine/isolation/uids";

const [first, last] = [1_945_000_000, 1_945_000_999] as const;
const ref = (component: string) => ({ environmentId: "env_a", environmentName: "a", component });

describe("user ids of components", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "rostrum-uids-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const book = (range: readonly [number, number] = [first, last]) => new UidBook("/root", range, directory);

  it("are kept by their component and given to no one after it", () => {
    const one = book().reserve(ref("one"));
    expect(book().reserve(ref("one"))).toEqual(one);
    book().free(ref("one"));
    expect(book().reserve(ref("two")).uid).toBe(one.uid + 1);
  });

  it("are spent before they are given: a process that dies in between gives none twice", () => {
    const { uid } = book().reserve(ref("victim"));
    // What the disk holds when only the first of the two writes was done.
    rmSync(join(directory, String(uid)));
    expect(book().reserve(ref("next")).uid).toBe(uid + 1);
  });

  it("stay spent in a range that was narrowed, moved or is another cloud's", () => {
    for (let index = 0; index < 20; index += 1) book().reserve(ref(`c${index}`));
    for (let index = 0; index < 20; index += 1) book().free(ref(`c${index}`));
    expect(() => book([first, first + 9]).reserve(ref("narrow"))).toThrow(/No user IDs left/);
    expect(() => book([first + 5, first + 15]).reserve(ref("within"))).toThrow(/No user IDs left/);
    expect(book([first + 5, last]).reserve(ref("moved")).uid).toBe(first + 20);
    expect(book([first - 1_000, first - 1]).reserve(ref("below")).uid).toBe(first - 1_000);
    expect(book([last + 1, last + 9]).reserve(ref("above")).uid).toBe(last + 1);
  });

  it("never let a mark go back", () => {
    const given = [book([first, last]), book([first, first + 500])].flatMap((one, index) =>
      [0, 1, 2].map((count) => one.reserve(ref(`r${index}-${count}`)).uid),
    );
    expect(new Set(given).size).toBe(6);
    for (let index = 0; index < 2; index += 1)
      for (let count = 0; count < 3; count += 1) book().free(ref(`r${index}-${count}`));
    expect(book().reserve(ref("later")).uid).toBeGreaterThan(Math.max(...given));
  });

  it("pass over a process that died with the book in hand", () => {
    const locks = join(directory, "locks");
    const made = book();
    writeFileSync(join(locks, "book~999999999.31.abcdef"), "");
    expect(made.reserve(ref("one")).uid).toBe(first);
    expect(readdirSync(locks)).toEqual([]);
  });

  it("are given by several processes at once, and none twice", async () => {
    const script = join(directory, "reserve.mts");
    const uids = join(process.cwd(), "lib/clouds/machine/isolation/uids.ts");
    writeFileSync(
      script,
      `import { UidBook } from ${JSON.stringify(uids)};
       const book = new UidBook("/root", [${first}, ${last}], ${JSON.stringify(directory)});
       const given = [];
       for (let index = 0; index < 15; index += 1) given.push(book.reserve({ environmentId: "env_a", environmentName: "a", component: process.argv[2] + index }).uid);
       console.log(given.join(" "));`,
    );
    const tsx = join(process.cwd(), "node_modules", "tsx", "dist", "cli.mjs");
    const run = async (who: string) =>
      (await promisify(execFile)(process.execPath, [tsx, script, who], { cwd: process.cwd() })).stdout;
    const given = (await Promise.all(["x", "y"].map(run))).flatMap((text) => text.trim().split(" "));
    expect(new Set(given).size).toBe(30);
    const highest = Math.max(...given.map(Number));
    for (const who of ["x", "y"])
      for (let index = 0; index < 15; index += 1) book().free(ref(`${who}${index}`));
    expect(book().reserve(ref("later")).uid).toBe(highest + 1);
  }, 60_000);
});
