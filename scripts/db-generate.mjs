/**
 * Generates the Prisma client into gen/prisma and the types of Kysely into gen/kysely. Prisma would first download its
 * schema engine, which generating does not use; any existing program in its place keeps it from trying.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { clientSchema, modelsOf } from "./lib/client-schema.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Beside gen/prisma, so that the output's relative path is the same. */
const clientFolder = join(root, "gen/schema");

writeClientSchema();
generate("kysely", "prisma/schema");
generate("client", "gen/schema");

function writeClientSchema() {
  const folder = join(root, "prisma/schema");
  const files = readdirSync(folder).filter((name) => name.endsWith(".prisma"));
  const texts = files.map((name) => readFileSync(join(folder, name), "utf8"));
  const models = modelsOf(texts);
  rmSync(clientFolder, { recursive: true, force: true });
  mkdirSync(clientFolder, { recursive: true });
  for (const [index, name] of files.entries())
    writeFileSync(join(clientFolder, name), clientSchema(texts[index], models));
}

function generate(generator, schema) {
  const args = ["node_modules/prisma/build/index.js", "generate", "--no-hints"];
  const result = spawnSync(process.execPath, [...args, "--generator", generator, "--schema", schema], {
    cwd: root,
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: "1" },
    encoding: "utf8",
  });
  if (result.status !== 0 || process.argv.includes("--verbose"))
    process.stderr.write(`${result.stdout ?? ""}${result.stderr ?? ""}${result.error?.message ?? ""}\n`);
  if (result.status !== 0) process.exit(result.status ?? 1);
}
