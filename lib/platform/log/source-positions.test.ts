import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loggedError } from ".";
import { withSourcePositions } from "./source-positions";

describe("a logged error", () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "rostrum-positions-"));
    const source =
      "interface Some { text: string }\n\nexport function fail(some: Some) {\n  throw new Error(some.text);\n}\n";
    writeFileSync(join(folder, "thrower.ts"), source);
    await build({
      entryPoints: [join(folder, "thrower.ts")],
      outfile: join(folder, "bundle.mjs"),
      format: "esm",
      sourcemap: true,
      sourcesContent: false,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("says where in the sources it was thrown", () => {
    const stack = `Error: no\n    at fail (${pathToFileURL(join(folder, "bundle.mjs"))}:2:9)`;
    expect(withSourcePositions(stack)).toBe(`Error: no\n    at fail (${join(folder, "thrower.ts")}:4:9)`);
  });

  it("is read with its stack mapped, and its message as it is", () => {
    const error = new Error("in /nowhere/bundle.mjs:1:1");
    error.stack = `Error: ${error.message}\n    at ${join(folder, "bundle.mjs")}:2:9`;
    expect(loggedError(error)).toMatchObject({
      message: "in /nowhere/bundle.mjs:1:1",
      stack: `Error: in /nowhere/bundle.mjs:1:1\n    at ${join(folder, "thrower.ts")}:4:9`,
    });
  });

  it.each([
    ["no map beside it", "at /nowhere/bundle.mjs:1:1"],
    ["a package", "at /srv/node_modules/pg/lib/client.js:694:17"],
    ["Node's own", "at node:internal/process/task_queues:95:5"],
    ["a place before the first entry", "at /nowhere/bundle.mjs:0:0"],
  ])("is left as it is with %s", (_, line) => {
    expect(withSourcePositions(line)).toBe(line);
  });

  it("is read whatever its message says, also where all of it could begin a path", () => {
    const message = "/a".repeat(50_000);
    expect(withSourcePositions(message)).toBe(message);
  });

  it("is left as it is where the map is damaged", () => {
    writeFileSync(join(folder, "torn.mjs.map"), "{");
    const line = `at ${join(folder, "torn.mjs")}:1:1`;
    expect(withSourcePositions(line)).toBe(line);
  });
});
