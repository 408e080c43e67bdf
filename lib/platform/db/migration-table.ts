import { type Generated, sql } from "kysely";
import { anyOf, type Connection, now, rowsOn, statements } from "./builder";
import { hasTable } from "./catalog";

/** As Prisma's engine makes it, so that `prisma migrate deploy` can be used as well. */
const definition = `CREATE TABLE IF NOT EXISTS public._prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

type MigrationTable = {
  _prisma_migrations: {
    id: string;
    checksum: string;
    finished_at: Date | null;
    migration_name: string;
    logs: string | null;
    rolled_back_at: Date | null;
    started_at: Generated<Date>;
    applied_steps_count: Generated<number>;
  };
};

const migrations = statements.withTables<MigrationTable>();

/** Makes the table where there is none; two that do so at once would fail. */
export async function createMigrationTable(client: Connection): Promise<void> {
  await client.query(definition);
}

/** Whether the database was ever migrated. */
export async function hasMigrationTable(client: Connection): Promise<boolean> {
  return await hasTable(client, "_prisma_migrations");
}

export interface AppliedMigration {
  name: string;
  checksum: string;
}

/**
 * The migrations that a database has, by name. A row without an end was written by an earlier version that was killed:
 * `applyMigration` finds out how far it came.
 */
export async function listApplied(client: Connection): Promise<AppliedMigration[]> {
  const applied = migrations
    .selectFrom("_prisma_migrations")
    .select(["migration_name as name", "checksum"])
    .where("rolled_back_at", "is", null)
    .where("finished_at", "is not", null)
    .orderBy("migration_name");
  return await rowsOn(client, applied);
}

export interface MigrationAttempt {
  id: string;
  finished: boolean;
  /** Its error was written down. */
  failed: boolean;
}

/** The rows of a migration that are not rolled back. */
export async function listAttempts(client: Connection, name: string): Promise<MigrationAttempt[]> {
  const attempts = migrations
    .selectFrom("_prisma_migrations")
    .select((eb) => [
      "id",
      eb("finished_at", "is not", null).$castTo<boolean>().as("finished"),
      eb("logs", "is not", null).$castTo<boolean>().as("failed"),
    ])
    .where("migration_name", "=", name)
    .where("rolled_back_at", "is", null);
  return await rowsOn(client, attempts);
}

/** Marks rows as rolled back. */
export async function markRolledBack(client: Connection, ids: readonly string[]): Promise<void> {
  const update = migrations
    .updateTable("_prisma_migrations")
    .set({ rolled_back_at: now })
    .where("id", "=", anyOf(ids));
  await rowsOn(client, update);
}

/** Records that the transaction under way has applied a migration. */
export async function recordApplied(
  client: Connection,
  { id, name, checksum }: AppliedMigration & { id: string },
): Promise<void> {
  const insert = migrations.insertInto("_prisma_migrations").values({
    id,
    checksum,
    migration_name: name,
    started_at: now,
    finished_at: sql<Date>`clock_timestamp()`,
    applied_steps_count: 1,
  });
  await rowsOn(client, insert);
}
