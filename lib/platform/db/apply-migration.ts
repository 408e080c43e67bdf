import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type pg from "pg";
import { lockTransaction } from "./advisory-locks";
import { rowsOn, statements } from "./builder";
import type { MigrationFile } from "./migration-files";
import { createMigrationTable, listAttempts, markRolledBack, recordApplied } from "./migration-table";

/** Keys of the advisory locks under which migrations are applied: an arbitrary constant of ours ("rost"), Prisma's own. */
const lockKeys = [0x726f7374, 72_707_369];

/** Something a migration makes is there already. */
const existsCodes = ["42P07", "42701", "42710", "42P06", "42723", "42P16"];
/** Something a migration renames or drops is there no more. */
const goneCodes = ["42P01", "42703", "42704", "42883"];

const deadlockCode = "40P01";
const mostAttempts = 5;

/** Makes Prisma's table of migrations where there is none. */
export async function ensureMigrationTable(client: pg.Client): Promise<void> {
  // Two that create one table at once would fail, in spite of IF NOT EXISTS.
  await underLock(client, () => createMigrationTable(client));
}

/**
 * Applies one migration with its row in one transaction; answers false when someone else did it while this one waited.
 * @throws Error of the driver; then nothing of the migration is left
 */
export async function applyMigration(client: pg.Client, file: MigrationFile): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptMigration(client, file);
    } catch (error) {
      // It and a process that still runs waited for each other, and PostgreSQL chose it to give way.
      if ((error as { code?: unknown }).code !== deadlockCode || attempt === mostAttempts) throw error;
    }
  }
}

async function attemptMigration(client: pg.Client, file: MigrationFile): Promise<boolean> {
  return await underLock(client, async () => {
    const rows = await listAttempts(client, file.name);
    if (rows.some((row) => row.finished)) return false;
    // One whose error was written down was rolled back by it: that one is not there.
    const mayBeThere = rows.some((row) => !row.failed);
    const isThere = await runScript(client, file.sql, mayBeThere);
    await markRolledBack(
      client,
      rows.map((row) => row.id),
    );
    await recordApplied(client, { id: randomUUID(), name: file.name, checksum: file.checksum });
    return !isThere;
  });
}

/**
 * Earlier versions wrote the row before the script and its end after it, in transactions of their own; a script was one
 * transaction then, too. So one that was begun is wholly there, or not at all: run again it succeeds, or meets its own
 * work. Answers whether it was there.
 */
async function runScript(client: pg.Client, script: string, mayBeThere: boolean): Promise<boolean> {
  if (script.trim() === "") return false;
  const before = await transactionId(client);
  await client.query("SAVEPOINT script");
  try {
    await client.query(script);
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
  const [row] = await rowsOn(
    client,
    statements.selectNoFrom(sql<string>`pg_current_xact_id()::text`.as("id")),
  );
  return row?.id;
}

/** A transaction; its locks end with it, also behind a pool that lends a connection for a transaction only. */
async function underLock<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query("BEGIN");
  try {
    // Others may take long, and so may the work: a limit of the role's own would make it impossible for good.
    await client.query("SET LOCAL statement_timeout = 0");
    await client.query("SET LOCAL lock_timeout = 0");
    await client.query("SET LOCAL idle_in_transaction_session_timeout = 0");
    for (const key of lockKeys) await lockTransaction(client, key);
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
