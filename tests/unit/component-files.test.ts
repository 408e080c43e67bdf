import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { componentFileProblems } from "@/scripts/component-files";

const root = mkdtempSync(join(tmpdir(), "rostrum-component-files-"));
const folder = join(root, "lib/clouds/machine");
mkdirSync(join(root, "lib/clouds"), { recursive: true });
cpSync("lib/clouds/machine", folder, { recursive: true });
afterAll(() => rmSync(root, { recursive: true, force: true }));

it("finds nothing in the code as it is", () => {
  expect(componentFileProblems()).toEqual([]);
});

it.each([
  [
    "a new file that reads files",
    'import { readFileSync } from "node:fs";\nreadFileSync("x");',
    "uses the file system",
  ],
  ["a copy of a tree", "await cp(directory, target, { recursive: true });", "walks a tree"],
  ["a recursive list", "await readdir(directory, { recursive: true });", "walks a tree"],
  ["a recursive removal", "await rm(directory, { recursive: true });", "removes a tree"],
])("finds %s", (_name, text, problem) => {
  const file = join(folder, "another.ts");
  writeFileSync(file, text);
  try {
    expect(componentFileProblems(root).join("\n")).toContain(problem);
  } finally {
    rmSync(file);
  }
});
