import type pg from "pg";
import {
  type LockKey,
  lockConnection,
  lockTransaction,
  tryLockConnection,
  unlockConnection,
} from "./advisory-locks";
import { withConnection } from "./sql";
import type { Tx } from "./transaction";

/** Locks for work that has no row to lock. */

/** Waits for a lock and holds it until the transaction ends. */
export async function lockUntilCommit(tx: Tx, key: LockKey): Promise<void> {
  await lockTransaction(tx.client, key);
}

/** Waits for a lock and holds it, on a connection of its own, while `work` runs. */
export async function withLock<T>(key: LockKey, work: () => Promise<T>): Promise<T> {
  return await withConnection(async (client) => {
    await lockConnection(client, key);
    return await holding(client, key, work);
  });
}

/** Runs `work` while it holds a lock as `withLock` does; without it, when another connection holds the lock, not at all. */
export async function withFreeLock(key: LockKey, work: () => Promise<void>): Promise<void> {
  await withConnection(async (client) => {
    if (await tryLockConnection(client, key)) await holding(client, key, work);
  });
}

async function holding<T>(client: pg.ClientBase, key: LockKey, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await unlockConnection(client, key);
  }
}
