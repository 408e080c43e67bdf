/**
 * `npm run db:migration -- <name>` writes the next migration: what changed in prisma/schema since the last one, whose
 * schema is kept beside the migrations as `schema.snapshot`. Options: `--empty` writes an empty migration for SQL by
 * hand (triggers, partial indexes); `--check` only says whether one is missing (exit code 1); `--init` writes the
 * first migration again, which is right only as long as no one has data. A throw-away database
 * is used, never one with data.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DiffTarget } from "@prisma/schema-engine-wasm";
import { withSchemaEngine } from "@/lib/platform/db/schema-engine";
import { createEmptyDatabase } from "@/tests/support/database";

const schemaDir = join(process.cwd(), "prisma/schema");
const migrationsDir = join(process.cwd(), "prisma/migrations");
const snapshotFile = join(migrationsDir, "schema.snapshot");
const initialMigration = "20261123000000_init";

function readSchema(): string {
  const files = readdirSync(schemaDir).filter((file) => file.endsWith(".prisma"));
  return files
    .sort()
    .map((file) => readFileSync(join(schemaDir, file), "utf8").trim())
    .join("\n\n")
    .concat("\n");
}

/** The SQL that leads from one schema to another; "" when they say the same. */
async function difference(before: string | undefined, after: string): Promise<string> {
  const target = (content: string): DiffTarget => ({
    tag: "schemaDatamodel",
    files: [{ path: join(schemaDir, "schema.prisma"), content }],
  });
  // The engine connects even to compare files.
  const scratch = await createEmptyDatabase();
  const result = await withSchemaEngine(scratch.url, (engine) =>
    engine.diff({
      from: before === undefined ? { tag: "empty" } : target(before),
      to: target(after),
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    }),
  ).finally(() => scratch.drop());
  const sql = result.stdout?.trim() ?? "";
  return sql === "-- This is an empty migration." ? "" : sql;
}

function write(folderName: string, sql: string): void {
  mkdirSync(join(migrationsDir, folderName), { recursive: true });
  const file = join("prisma/migrations", folderName, "migration.sql");
  writeFileSync(file, sql === "" ? "" : `${sql}\n`);
  writeFileSync(join(migrationsDir, "migration_lock.toml"), 'provider = "postgresql"\n');
  console.log(`Wrote ${file} (${sql.split("\n").length} lines). Review it before you commit it.`);
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const name = args.find((arg) => !arg.startsWith("--")) ?? "";
  const stamp = new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const schema = readSchema();
  if (args.includes("--init")) {
    write(initialMigration, await difference(undefined, schema));
    writeFileSync(snapshotFile, schema);
    return 0;
  }
  const checkOnly = args.includes("--check");
  if (!checkOnly && !/^[a-z0-9_]+$/.test(name)) {
    console.error("Name the migration in lower case: npm run db:migration -- add_budgets");
    return 1;
  }
  if (args.includes("--empty")) {
    write(`${stamp}_${name}`, "");
    return 0;
  }
  const sql = await difference(
    existsSync(snapshotFile) ? readFileSync(snapshotFile, "utf8") : undefined,
    schema,
  );
  if (sql === "") {
    console.log("The migrations match the schema.");
    return 0;
  }
  if (checkOnly) {
    console.error(`prisma/schema has changes without a migration:\n${sql}`);
    return 1;
  }
  write(`${stamp}_${name}`, sql);
  writeFileSync(snapshotFile, schema);
  return 0;
}

process.exitCode = await main();
