import { join } from "node:path";
import pg from "pg";
import { digestOf, type MigrationFile, readMigrations, toMigrationList } from "./migration-files";

export interface MigrateOptions {
  url: string;
  /** The folder of migrations; `prisma/migrations` of the working directory if absent. */
  folder?: string;
}

/** Key of the advisory lock under which migrations are applied; an arbitrary constant of ours ("rost"). */
const lockKey = 0x726f7374;

/**
 * Brings a database to the newest migration and answers the names that were applied. Keeps Prisma's own table, so
 * that `prisma migrate deploy` can be used as well. Portal and workers may all call it at once.
 * @throws Error when the database has a migration that was edited later, failed half-way, or is newer than this code
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const folder = options.folder ?? join(process.cwd(), "prisma/migrations");
  const files = readMigrations(folder);
  const client = new pg.Client({ connectionString: options.url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    if ((await pendingOf(client, files)).length === 0) return [];
    await client.query("SELECT pg_advisory_lock($1)", [lockKey]);
    // Somebody else may have done it while this one waited.
    if ((await pendingOf(client, files)).length === 0) return [];
    // Loaded only where there is something to do: it costs 6 MB of WebAssembly.
    const { withSchemaEngine } = await import("./schema-engine");
    const done = await withSchemaEngine(options.url, (engine) =>
      engine.applyMigrations({
        migrationsList: toMigrationList(folder, files),
        filters: { externalTables: [], externalEnums: [] },
      }),
    );
    return done.appliedMigrationNames;
  } finally {
    await client.end();
  }
}

/** The names of the migrations a database lacks. @throws Error like `migrate` */
export async function listPendingMigrations(options: MigrateOptions): Promise<string[]> {
  const files = readMigrations(options.folder ?? join(process.cwd(), "prisma/migrations"));
  const client = new pg.Client({ connectionString: options.url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {});
  await client.connect();
  try {
    return await pendingOf(client, files);
  } finally {
    await client.end();
  }
}

/** The digest of the migrations in a folder. */
export function migrationsDigest(folder = join(process.cwd(), "prisma/migrations")): string {
  return digestOf(readMigrations(folder));
}

interface AppliedRow {
  migration_name: string;
  checksum: string;
  finished: boolean;
}

async function pendingOf(client: pg.Client, files: MigrationFile[]): Promise<string[]> {
  const table = await client.query<{ found: boolean }>(
    "SELECT to_regclass('public._prisma_migrations') IS NOT NULL AS found",
  );
  if (!table.rows[0]?.found) return files.map((file) => file.name);
  const { rows } = await client.query<AppliedRow>(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
  );
  const applied = new Map(rows.map((row) => [row.migration_name, row]));
  for (const file of files) assertSame(file, applied.get(file.name));
  const known = new Set(files.map((file) => file.name));
  const newer = rows.find((row) => !known.has(row.migration_name));
  if (newer) {
    throw new Error(
      `The database has the migration ${newer.migration_name}, which this version of Rostrum does not know. Use the version that made it, or a newer one.`,
    );
  }
  return files.filter((file) => !applied.has(file.name)).map((file) => file.name);
}

function assertSame(file: MigrationFile, row: AppliedRow | undefined): void {
  if (!row) return;
  if (!row.finished) {
    throw new Error(
      `Migration ${file.name} failed half-way. Repair the database and mark it with "prisma migrate resolve", or restore a backup.`,
    );
  }
  if (row.checksum !== file.checksum) {
    throw new Error(`Migration ${file.name} was changed after it had been applied to this database.`);
  }
}
