/**
 * `npm run words`, a part of `npm run lint`: texts that people read keep to docs/glossary.md. Reads strings and JSX of
 * the product, the built-in templates and the docs, and for some of the words comments and names of tests. Ends with
 * `N texts, N retired words`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { allowed } from "./words/allowed";
import { textsOfCode, textsOfSchema } from "./words/code-texts";
import { type Retired, retired } from "./words/retired";
import { type Text, textsOfMarkdown, textsOfSource } from "./words/texts";

const sources = /^(app|components|lib|workers|scripts|prisma\/seed)\/.*\.(ts|tsx|mjs)$/;
const notShipped = /\.test\.tsx?$|^scripts\/(words\/|check-)/;
const documents = /^(docs\/.*|README|SECURITY|CONTRIBUTING)\.md$|^README\.md$/;
const templates = /^templates\/.*\.ya?ml$/;

const code = /\.(ts|tsx|mjs|cjs|js)$/;
const namesWhatItRetires = /^scripts\/(words\/|check-words)/;
const retiredInCode = retired.filter((one) => one.inCode);

/** Comments and names of tests; none of a file that has no retired word at all. */
function codeTextsOf(path: string, source: string): Text[] {
  if (namesWhatItRetires.test(path) || !retiredInCode.some(({ pattern }) => pattern.test(source))) return [];
  if (code.test(path)) return textsOfCode(path, source);
  return path.endsWith(".prisma") ? textsOfSchema(source) : [];
}

function textsOf(path: string, source: string): Text[] {
  if (sources.test(path) && !notShipped.test(path)) return textsOfSource(path, source);
  if (documents.test(path)) return textsOfMarkdown(source);
  if (templates.test(path)) return source.split("\n").map((text, index) => ({ line: index + 1, text }));
  return [];
}

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  encoding: "utf8",
});
const used = new Set<number>();
let count = 0;
let found = 0;

function judge(path: string, { line, text }: Text, words: readonly Retired[]): void {
  for (const { pattern, instead } of words) {
    const word = pattern.exec(text)?.[0];
    if (word === undefined) continue;
    const exception = allowed.findIndex((one) => one.file.test(path) && one.word.test(text));
    if (exception >= 0) {
      used.add(exception);
      continue;
    }
    found += 1;
    console.error(`${path}:${line}: “${word}”: ${instead}\n    ${text.trim().slice(0, 140)}`);
  }
}

for (const path of files.split("\n").filter((name) => name !== "" && existsSync(name))) {
  const source = readFileSync(path, "utf8");
  const texts = textsOf(path, source);
  count += texts.length;
  for (const text of texts) judge(path, text, retired);
  for (const text of codeTextsOf(path, source)) judge(path, text, retiredInCode);
}
for (const [index, { file, word }] of allowed.entries()) {
  if (used.has(index)) continue;
  found += 1;
  console.error(`scripts/words/allowed.ts: nothing needs the exception ${file} ${word} any more`);
}
console.log(`${count} texts, ${found} retired words`);
process.exitCode = found > 0 || count < 1_000 ? 1 : 0;
