/**
 * `npm run db:migration -- <name>` writes the next migration: what is missing between the migrations there are and
 * prisma/schema. `--empty` writes an empty one for SQL by hand (triggers, partial indexes); `--check` only says
 * whether something is missing (exit code 1). `--init` writes the first migration anew from an empty database,
 * which is right only as long as nobody has data. A throw-away database is used, never one with data.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DiffTarget, SchemaEngine } from "@prisma/schema-engine-wasm";
import { readMigrations, toMigrationList } from "@/lib/platform/db/migration-files";
import { withSchemaEngine } from "@/lib/platform/db/schema-engine";
import { createEmptyDatabase, stopTestServer } from "@/tests/support/database";

const schemaDir = join(process.cwd(), "prisma/schema");
const migrationsDir = join(process.cwd(), "prisma/migrations");
const initialMigration = "20261123000000_init";
const noFilters = { externalTables: [], externalEnums: [] };

/** What a database with all migrations lacks to match the schema; "" when nothing. */
async function missingSql(): Promise<string> {
  const migrationsList = toMigrationList(migrationsDir, readMigrations(migrationsDir));
  return await onScratch(async (engine) => {
    await engine.applyMigrations({ migrationsList, filters: noFilters });
    return await difference(engine, {
      tag: "schemaDatasource",
      files: readSchema(),
      configDir: process.cwd(),
    });
  });
}

/** The whole schema as one script. */
async function initialSql(): Promise<string> {
  return await onScratch((engine) => difference(engine, { tag: "empty" }));
}

async function onScratch<T>(work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const database = await createEmptyDatabase();
  try {
    return await withSchemaEngine(database.url, work);
  } finally {
    await database.drop();
  }
}

async function difference(engine: SchemaEngine, from: DiffTarget): Promise<string> {
  const to: DiffTarget = { tag: "schemaDatamodel", files: readSchema() };
  const result = await engine.diff({ from, to, script: true, exitCode: null, filters: noFilters });
  const sql = result.stdout?.trim() ?? "";
  return sql === "-- This is an empty migration." ? "" : `${sql}\n`;
}

function readSchema() {
  return readdirSync(schemaDir)
    .filter((file) => file.endsWith(".prisma"))
    .map((file) => ({ path: join(schemaDir, file), content: readFileSync(join(schemaDir, file), "utf8") }));
}

function write(folderName: string, sql: string): void {
  const folder = join(migrationsDir, folderName);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "migration.sql"), sql);
  writeFileSync(join(migrationsDir, "migration_lock.toml"), 'provider = "postgresql"\n');
  console.log(`${join("prisma/migrations", folderName, "migration.sql")} (${sql.split("\n").length} lines)`);
}

function stamped(name: string): string {
  return `${new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14)}_${name}`;
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const name = args.find((arg) => !arg.startsWith("--"));
  const checkOnly = args.includes("--check");
  if (args.includes("--init")) {
    write(initialMigration, await initialSql());
    return 0;
  }
  if (!checkOnly && !(name && /^[a-z0-9_]+$/.test(name))) {
    console.error("Name the migration in lower case: npm run db:migration -- add_budgets");
    return 1;
  }
  if (name && args.includes("--empty")) {
    write(stamped(name), "");
    return 0;
  }
  const sql = await missingSql();
  if (sql.trim() === "") {
    console.log("The migrations already say what the schema says.");
    return 0;
  }
  if (checkOnly || !name) {
    console.error(`prisma/schema has changes no migration makes:\n${sql}`);
    return 1;
  }
  write(stamped(name), sql);
  return 0;
}

const code = await main();
if (!process.env.ROSTRUM_KEEP_TEST_SERVER) await stopTestServer();
process.exit(code);
