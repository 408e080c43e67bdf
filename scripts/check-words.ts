/**
 * `npm run words`, a part of `npm run lint`: texts that people read keep to docs/glossary.md. Reads strings and JSX of
 * the product, the built-in templates and the docs. Ends with `N texts, N retired words`.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { allowed } from "./words/allowed";
import { retired } from "./words/retired";
import { type Text, textsOfMarkdown, textsOfSource } from "./words/texts";

const sources = /^(app|components|lib|workers|scripts|prisma\/seed)\/.*\.(ts|tsx|mjs)$/;
const notShipped = /\.test\.tsx?$|^scripts\/(words\/|check-)/;
const documents = /^(docs\/.*|README|SECURITY|CONTRIBUTING)\.md$|^README\.md$/;
const templates = /^templates\/.*\.ya?ml$/;

function textsOf(path: string): Text[] {
  const source = readFileSync(path, "utf8");
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
for (const path of files.split("\n").filter(Boolean)) {
  for (const { line, text } of textsOf(path)) {
    count += 1;
    for (const { pattern, instead } of retired) {
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
}
for (const [index, { file, word }] of allowed.entries()) {
  if (used.has(index)) continue;
  found += 1;
  console.error(`scripts/words/allowed.ts: nothing needs the exception ${file} ${word} any more`);
}
console.log(`${count} texts, ${found} retired words`);
process.exitCode = found > 0 || count < 1_000 ? 1 : 0;
