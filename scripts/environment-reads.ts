import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The environment of the process is read once, by lib/platform/config, and written by no one: a variable that is read
 * elsewhere is a setting that no list names, and one that is written changes every request under way.
 */
const readers = "lib/platform/config/";

/** Files beside it that may read the environment, each with the reason. */
export const allowedReaders: Readonly<Record<string, string>> = {
  "workers/main.ts": "where the workers start: what the launcher tells them about the process they replace",
  "lib/clouds/machine/scripts/static-server.ts": "a program of its own, with a component's environment",
};

/** Files that write to it, each with the reason. */
export const allowedWriters: Readonly<Record<string, string>> = {
  "instrumentation.ts": "where the portal starts: next-auth has no other place for its URL",
};

/** Constants that bundlers put in place: no process has to have them. */
const constants = new Set(["NODE_ENV", "NEXT_RUNTIME", "ROSTRUM_BUNDLED"]);

const roots = ["app", "components", "lib", "workers", "prisma/seed", "proxy.ts", "instrumentation.ts"];
const use = /\bprocess\s*(?:\?\.|\.)\s*env\b(?:\.(\w+))?|\bprocess\[["']env["']\]/g;
const taken =
  /\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b|import\s*\{[^}]*\benv\b[^}]*\}\s*from\s*["'](?:node:)?process["']/;
const written =
  /\bdelete\s+process\.env\b|\bprocess\.env(?:\.\w+|\[[^\]]+\])?\s*(?:=(?![=>])|\?\?=|\|\|=)|\bObject\.(?:assign|defineProperty)\(\s*process\.env\b/;

/** What is wrong in one file's text, one sentence each. */
export function environmentProblemsIn(file: string, text: string): string[] {
  const code = withoutComments(text);
  const problems: string[] = [];
  if (written.test(code) && !(file in allowedWriters)) {
    problems.push(
      `environment-reads: ${file} writes process.env; hand the value over, or set it where the process starts`,
    );
  }
  const mayRead = file.startsWith(readers) || file in allowedReaders || file in allowedWriters;
  if (mayRead) return problems;
  if (readsIn(code)) {
    problems.push(`environment-reads: ${file} reads process.env; add the value to lib/platform/config`);
  }
  return problems;
}

function readsIn(code: string): boolean {
  return taken.test(code) || [...code.matchAll(use)].some(([, name]) => !constants.has(name ?? ""));
}

/** All files, and entries of the list that nothing needs any more. */
export function environmentProblems(root = process.cwd()): string[] {
  const files = roots.flatMap((one) => filesBelow(root, one));
  const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
  return [
    ...[...texts].flatMap(([file, text]) => environmentProblemsIn(file, text)),
    ...Object.keys(allowedReaders)
      .filter((file) => !readsIn(withoutComments(texts.get(file) ?? "")))
      .map((file) => `environment-reads: ${file} no longer reads process.env; remove it from the list`),
    ...Object.keys(allowedWriters)
      .filter((file) => !written.test(withoutComments(texts.get(file) ?? "")))
      .map((file) => `environment-reads: ${file} no longer writes process.env; remove it from the list`),
  ];
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function filesBelow(root: string, path: string): string[] {
  if (!existsSync(join(root, path))) return [];
  if (/\.tsx?$/.test(path)) return [path];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
