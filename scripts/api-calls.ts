/**
 * Pages call the API by its document (components/data/api.ts, docs/adr/0034-typed-api-client.md): what the types check must
 * stand where they see it, as a path written out, and what they say of an answer must not be talked over by a cast.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Files that connect or write addresses of the API themselves, each with the reason. */
const allowed: Readonly<Record<string, string>> = {
  "components/data/api.ts": "the client",
  "components/data/api-href.ts": "where the API is",
  "components/shell/unavailable-page.ts": "a document that may load no other file",
  "components/api-reference/api-reference.tsx": "shows a call that readers copy",
};

const rules: readonly { found: RegExp; advice: string }[] = [
  {
    found: /(?<![.\w])fetch\(|\bXMLHttpRequest\b|\bsendBeacon\b/,
    advice: "connects by itself; use apiGet, apiPost, apiPatch or apiDelete",
  },
  { found: /(?<!app)\/api\/v1\b/, advice: "writes an address of the API; use apiHref or csvHref" },
  { found: /\bnew EventSource\((?!\s*apiHref\()/, advice: "opens a stream without apiHref" },
  {
    found: /\b(?:api(?:Get|Post|Patch|Delete|Href)|csvHref)\((?!\s*")/,
    advice: "calls the API by a path that is not written out",
  },
];

const call = /\bapi(?:Get|Post|Patch|Delete)\(/g;

/** What breaks the rules in one file's text, one sentence each. */
export function apiCallProblemsIn(file: string, text: string): string[] {
  if (file in allowed) return [];
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const problems = rules.filter(({ found }) => found.test(code)).map(({ advice }) => advice);
  if (castsAnswer(code)) problems.push("casts an answer of the API; the types say what it has");
  return problems.map((problem) => `api-calls: ${file} ${problem}`);
}

/** Whether `as` follows a call, with or without the parentheses of an `await` between them. */
function castsAnswer(code: string): boolean {
  return [...code.matchAll(call)].some((match) =>
    /^\)*\s*as\s+(?!const\b)/.test(code.slice(endOf(code, match.index + match[0].length))),
  );
}

/** Behind the parenthesis that closes the one before `start`. */
function endOf(code: string, start: number): number {
  let depth = 1;
  let end = start;
  for (; end < code.length && depth > 0; end += 1) {
    if (code[end] === "(") depth += 1;
    if (code[end] === ")") depth -= 1;
  }
  return end;
}

/** All files of pages and components, and entries of the list that nothing needs any more. */
export function apiCallProblems(root = process.cwd()): string[] {
  const files = ["app", "components"].flatMap((folder) => filesBelow(root, folder));
  if (files.length < 100) return [`api-calls: found only ${files.length} files; the check is broken`];
  return [
    ...files.flatMap((file) => apiCallProblemsIn(file, readFileSync(join(root, file), "utf8"))),
    ...Object.keys(allowed)
      .filter((file) => !files.includes(file))
      .map((file) => `api-calls: ${file} is gone; remove it from the list`),
  ];
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((file) => !file.startsWith("app/api/"))
    .sort();
}
