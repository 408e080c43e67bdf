import { join } from "node:path";
import pg from "pg";
import { messageOf } from "@/lib/kernel/errors";
import { applyMigration, ensureMigrationTable } from "./apply-migration";
import { digestOf, type MigrationFile, readMigrations } from "./migration-files";
import { type AppliedMigration, hasMigrationTable, listApplied } from "./migration-table";

export interface MigrateOptions {
  url: string;
  /** The folder of migrations; `prisma/migrations` of the working directory if absent. */
  folder?: string;
}

/**
 * Brings a database to the newest migration and answers the names that were applied. Each migration and its row in
 * Prisma's own table are one transaction under an advisory lock: a process that is killed leaves a migration applied or
 * not begun, the next one continues, and of several that start at once one migrates while the others wait.
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

async function pendingOf(client: pg.Client, files: MigrationFile[]): Promise<MigrationFile[]> {
  if (!(await hasMigrationTable(client))) return files;
  const rows = await listApplied(client);
  const applied = new Map(rows.map((row) => [row.name, row]));
  for (const file of files) assertSame(file, applied.get(file.name));
  const known = new Set(files.map((file) => file.name));
  const newer = rows.find((row) => !known.has(row.name));
  if (newer) {
    throw new Error(
      `The database has migration ${newer.name}, which this version of Rostrum doesn't support. Use the version that created it, or a later one.`,
    );
  }
  return files.filter((file) => !applied.has(file.name));
}

function assertSame(file: MigrationFile, row: AppliedMigration | undefined): void {
  if (row && row.checksum !== file.checksum) {
    throw new Error(`Migration ${file.name} was changed after it was applied to this database.`);
  }
}
