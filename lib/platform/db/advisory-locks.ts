import { sql } from "kysely";
import { type Connection, rowsOn, statements } from "./builder";

/** What a lock is known by: a number of its own, or a text that becomes one. */
export type LockKey = number | string;

/** Waits for an advisory lock and holds it until the transaction ends. */
export async function lockTransaction(client: Connection, key: LockKey): Promise<void> {
  await call(client, "pg_advisory_xact_lock", key);
}

/** Waits for an advisory lock and holds it until it is unlocked or the connection ends. */
export async function lockConnection(client: Connection, key: LockKey): Promise<void> {
  await call(client, "pg_advisory_lock", key);
}

/** Takes an advisory lock as `lockConnection` does; answers false when another connection holds it. */
export async function tryLockConnection(client: Connection, key: LockKey): Promise<boolean> {
  return await call(client, "pg_try_advisory_lock", key);
}

/** Frees what `lockConnection` or `tryLockConnection` took. */
export async function unlockConnection(client: Connection, key: LockKey): Promise<void> {
  await call(client, "pg_advisory_unlock", key);
}

/** Whether the function answered yes; the ones that wait answer nothing. */
async function call(client: Connection, name: string, key: LockKey): Promise<boolean> {
  const number = typeof key === "number" ? sql`${key}::bigint` : sql`hashtextextended(${key}, 0)`;
  const [row] = await rowsOn(
    client,
    statements.selectNoFrom((eb) => eb.fn<unknown>(name, [number]).as("answer")),
  );
  return row?.answer === true;
}
