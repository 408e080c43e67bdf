import { join } from "node:path";
import pg from "pg";
import { messageOf } from "@/lib/kernel/errors";
import { applyMigration, ensureMigrationTable } from "./apply-migration";
import { digestOf, type MigrationFile, readMigrations } from "./migration-files";

export interface MigrateOptions {
  url: string;
  /** The folder of migrations; `prisma/migrations` of the working directory if absent. */
  folder?: string;
}

/**
 * Brings a database to the newest migration and answers the names that were applied. Each migration and its row in
 * Prisma's own table are one transaction under an advisory lock: a process that is killed leaves a migration applied or
 * not begun, the next one goes on, and of several that start at once one migrates while the others wait.
 * @throws Error when the database has a migration that was edited later or that this code does not know, or when one
 *   fails (nothing of that one is left)
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const files = readMigrations(options.folder ?? join(process.cwd(), "prisma/migrations"));
  return await withClient(options.url, async (client) => {
    const pending = await pendingOf(client, files);
    if (pending.length === 0) return [];
    await ensureMigrationTable(client);
    const applied: string[] = [];
    for (const file of pending) {
      try {
        if (await applyMigration(client, file)) applied.push(file.name);
      } catch (error) {
        const message = `Migration ${file.name} failed and was rolled back: ${messageOf(error)}`;
        const code = (error as { code?: unknown }).code;
        throw Object.assign(new Error(message, { cause: error }), code !== undefined && { code });
      }
    }
    return applied;
  });
}

/** The names of the migrations a database lacks. @throws Error like `migrate` */
export async function listPendingMigrations(options: MigrateOptions): Promise<string[]> {
  const files = readMigrations(options.folder ?? join(process.cwd(), "prisma/migrations"));
  const pending = await withClient(options.url, (client) => pendingOf(client, files));
  return pending.map((file) => file.name);
}

/** The digest of the migrations in a folder. */
export function migrationsDigest(folder = join(process.cwd(), "prisma/migrations")): string {
  return digestOf(readMigrations(folder));
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A connection that breaks fails the statement under way; without a listener it would end the process.
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

interface AppliedRow {
  migration_name: string;
  checksum: string;
}

async function pendingOf(client: pg.Client, files: MigrationFile[]): Promise<MigrationFile[]> {
  const table = await client.query<{ found: boolean }>(
    "SELECT to_regclass('public._prisma_migrations') IS NOT NULL AS found",
  );
  if (!table.rows[0]?.found) return files;
  // A row without an end was written by an earlier version that was killed: `applyMigration` finds out how far it came.
  const { rows } = await client.query<AppliedRow>(
    `SELECT migration_name, checksum FROM _prisma_migrations
      WHERE rolled_back_at IS NULL AND finished_at IS NOT NULL`,
  );
  const applied = new Map(rows.map((row) => [row.migration_name, row]));
  for (const file of files) assertSame(file, applied.get(file.name));
  const known = new Set(files.map((file) => file.name));
  const newer = rows.find((row) => !known.has(row.migration_name));
  if (newer) {
    throw new Error(
      `The database has migration ${newer.migration_name}, which this version of Rostrum doesn't support. Use the version that created it, or a later one.`,
    );
  }
  return files.filter((file) => !applied.has(file.name));
}

function assertSame(file: MigrationFile, row: AppliedRow | undefined): void {
  if (row && row.checksum !== file.checksum) {
    throw new Error(`Migration ${file.name} was changed after it was applied to this database.`);
  }
}
