import { expect, it } from "vitest";
import { allowedReaders, environmentProblems, environmentProblemsIn } from "../../scripts/environment-reads";

it("finds nothing in the code as it is", () => {
  expect(environmentProblems()).toEqual([]);
});

it.each([
  ["a read", "const path = process.env.PATH;"],
  ["a read by a name that is computed", "const value = process.env[name];"],
  ["the whole environment handed on", "run(command, process.env);"],
  ["another way to write it", 'const value = process["env"].PATH;'],
  ["the environment taken apart", "const { env } = process;"],
  ["the environment imported", 'import { cwd, env } from "node:process";'],
])("finds %s", (_name, text) => {
  const problems = environmentProblemsIn("lib/features/another.ts", text);
  expect(problems).toEqual([expect.stringContaining("reads process.env")]);
  expect(environmentProblemsIn("lib/platform/config/another.ts", text)).toEqual([]);
});

it.each([
  "process.env.NEXTAUTH_URL = url;",
  "process.env[name] ??= value;",
  "delete process.env.NEXTAUTH_URL;",
  "Object.assign(process.env, values);",
])("finds the write %s everywhere", (text) => {
  const files = ["lib/features/another.ts", "lib/platform/config/load.ts", ...Object.keys(allowedReaders)];
  for (const file of files) {
    const problems = environmentProblemsIn(file, text);
    expect(problems[0]).toContain(`${file} writes process.env`);
  }
});

it("leaves comments and the constants of bundlers alone", () => {
  const text = [
    "/** For tests that change `process.env`. */",
    "// process.env.PATH is the host's.",
    'if (process.env.NODE_ENV !== "test" || process.env.NEXT_RUNTIME === "nodejs") return;',
  ].join("\n");
  expect(environmentProblemsIn("lib/features/another.ts", text)).toEqual([]);
});
