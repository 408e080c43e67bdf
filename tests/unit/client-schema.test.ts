import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clientSchema, modelsOf } from "@/scripts/lib/client-schema.mjs";

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

test("a model that only statements name is marked so, and no other", () => {
  const roots = ["lib", "app", "workers", "prisma/seed", "scripts", "tests"];
  const code = execFileSync("git", ["ls-files", ...roots], { encoding: "utf8" })
    .split("\n")
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  const isCalled = (model: string) => {
    const delegate = model[0]?.toLowerCase() + model.slice(1);
    return new RegExp(
      `\\.\\s*${delegate}\\s*\\.\\s*(?:find|create|update|upsert|delete|count|aggregate|groupBy)`,
    ).test(code);
  };
  const known = modelsOf(texts.map((text) => clientSchema(text, models)));
  expect(models.filter((model) => isCalled(model) && !known.includes(model))).toEqual([]);
  expect(known.filter((model) => !isCalled(model))).toEqual([]);
});
