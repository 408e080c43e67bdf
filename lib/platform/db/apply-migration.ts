import { randomUUID } from "node:crypto";
import type pg from "pg";
import type { MigrationFile } from "./migration-files";

/** Keys of the advisory locks under which migrations are applied: an arbitrary constant of ours ("rost"), Prisma's own. */
const lockKeys = [0x726f7374, 72_707_369];

/** As Prisma's engine makes it, so that `prisma migrate deploy` can be used as well. */
const migrationTable = `CREATE TABLE IF NOT EXISTS public._prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/** Something a migration makes is there already. */
const existsCodes = ["42P07", "42701", "42710", "42P06", "42723", "42P16"];
/** Something a migration renames or drops is there no more. */
const goneCodes = ["42P01", "42703", "42704", "42883"];

/** Makes Prisma's table of migrations where there is none. */
export async function ensureMigrationTable(client: pg.Client): Promise<void> {
  // Two that create one table at once would fail, in spite of IF NOT EXISTS.
  await underLock(client, async () => void (await client.query(migrationTable)));
}

/**
 * Applies one migration with its row in one transaction; answers false when somebody else did it while this one waited.
 * @throws Error of the driver; then nothing of the migration is left
 */
export async function applyMigration(client: pg.Client, file: MigrationFile): Promise<boolean> {
  return await underLock(client, async () => {
    const { rows } = await client.query<{ id: string; finished: boolean; failed: boolean }>(
      `SELECT id, finished_at IS NOT NULL AS finished, logs IS NOT NULL AS failed FROM _prisma_migrations
        WHERE migration_name = $1 AND rolled_back_at IS NULL`,
      [file.name],
    );
    if (rows.some((row) => row.finished)) return false;
    // One whose error was written down was rolled back by it: that one is not there.
    const mayBeThere = rows.some((row) => !row.failed);
    const isThere = await runScript(client, file.sql, mayBeThere);
    await client.query("UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = ANY($1)", [
      rows.map((row) => row.id),
    ]);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), file.checksum, file.name],
    );
    return !isThere;
  });
}

/**
 * Earlier versions wrote the row before the script and its end after it, in transactions of their own; a script was one
 * transaction then, too. So one that was begun is wholly there, or not at all: run again it succeeds, or meets its own
 * work. Answers whether it was there.
 */
async function runScript(client: pg.Client, sql: string, mayBeThere: boolean): Promise<boolean> {
  if (sql.trim() === "") return false;
  const before = await transactionId(client);
  await client.query("SAVEPOINT script");
  try {
    await client.query(sql);
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    if (!mayBeThere || ![...existsCodes, ...goneCodes].includes(code)) throw error;
    await client.query("ROLLBACK TO SAVEPOINT script");
    return true;
  }
  if ((await transactionId(client)) !== before)
    throw new Error("The script ends its own transaction. Remove BEGIN and COMMIT.");
  return false;
}

async function transactionId(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>("SELECT pg_current_xact_id()::text AS id");
  return rows[0]?.id;
}

/** A transaction; its locks end with it, also behind a pool that lends a connection for a transaction only. */
async function underLock<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query("BEGIN");
  try {
    // Others may take long, and so may the work: a limit of the role's own would make it impossible for good.
    await client.query("SET LOCAL statement_timeout = 0");
    await client.query("SET LOCAL lock_timeout = 0");
    await client.query("SET LOCAL idle_in_transaction_session_timeout = 0");
    for (const key of lockKeys) await client.query("SELECT pg_advisory_xact_lock($1)", [key]);
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {
      // The connection is gone and the server has rolled back by itself; the first error says why.
    });
    throw error;
  }
}
