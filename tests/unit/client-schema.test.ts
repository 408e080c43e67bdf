import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clientSchema, modelsOf, relationsLeftOut } from "@/scripts/lib/client-schema.mjs";

const folder = join(process.cwd(), "prisma/schema");
const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
const models = modelsOf(texts);

test("the client knows the models and relations it is asked for, with all their own fields", () => {
  const text = [
    "generator kysely {",
    '  output = "x"',
    "}",
    "/// A thing.",
    "model Thing {",
    "  id     String @id",
    "  owner  Owner  @relation(fields: [ownerId], references: [id]) // @client",
    "  ownerId String",
    "  marks  Mark[]",
    "  last   Mark? @relation(fields: [lastId], references: [id])",
    "}",
    "/// Counted only.",
    "// @statements",
    "model Mark {",
    "  id String @id",
    "}",
    "model Owner {",
    "  id     String  @id",
    "  things Thing[] // @client",
    "}",
  ].join("\n");
  expect(modelsOf([text])).toEqual(["Thing", "Mark", "Owner"]);
  const left = clientSchema(text, modelsOf([text]));
  expect(left).toContain("/// A thing.\nmodel Thing {\n  id     String @id\n  owner  Owner");
  expect(left).toContain("ownerId String");
  expect(left).toContain("things Thing[]");
  for (const gone of ["kysely", "Mark", "Counted only"]) expect(left).not.toContain(gone);
});

const roots = ["lib", "app", "workers", "prisma/seed", "scripts", "tests"];
const sources = execFileSync("git", ["ls-files", ...roots], { encoding: "utf8" })
  .split("\n")
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => ({ file, text: readFileSync(file, "utf8") }));

/** The calls of the client in all sources: the model, and the text of what is asked. */
const calls = sources.flatMap(({ file, text }) =>
  [...text.matchAll(call())].map((found) => {
    const [delegate = ""] = found.slice(1);
    const from = found.index + found[0].length;
    return { file, model: `${delegate[0]?.toUpperCase()}${delegate.slice(1)}`, asked: balanced(text, from) };
  }),
);

function call(): RegExp {
  return /\.\s*(\w+)\s*\.\s*(?:find|create|update|upsert|delete|count|aggregate|groupBy)\w*\(/g;
}

/** What stands between a bracket that was opened before `from` and the one that closes it. */
function balanced(text: string, from: number): string {
  let depth = 1;
  for (let index = from; index < text.length; index += 1) {
    if ("([{".includes(text[index] ?? "")) depth += 1;
    if (")]}".includes(text[index] ?? "")) depth -= 1;
    if (depth === 0) return text.slice(from, index);
  }
  return text.slice(from);
}

test("a model that only statements name is marked so, and no other", () => {
  const called = new Set(calls.map(({ model }) => model));
  const known = modelsOf(texts.map((text) => clientSchema(text, models)));
  expect(models.filter((model) => called.has(model) && !known.includes(model))).toEqual([]);
  expect(known.filter((model) => !called.has(model))).toEqual([]);
});

test("no call asks by a relation that isn't marked: in conditions the compiler lets it pass", () => {
  const leftOut = relationsLeftOut(texts);
  expect(leftOut.get("Environment")).toContain("project");
  expect(leftOut.get("TemplateFile")).toEqual([]);
  const wrong = calls.flatMap(({ file, model, asked }) =>
    [...asked.matchAll(/\b(\w+)\s*[:,}]/g)]
      .filter(([, name = ""]) => leftOut.get(model)?.includes(name))
      .map(([, name]) => `${file}: ${model}.${name}`),
  );
  expect(wrong).toEqual([]);
});
