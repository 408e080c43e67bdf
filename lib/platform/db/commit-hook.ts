import { AsyncLocalStorage } from "node:async_hooks";
import type { Tx } from "./transaction";

/** Called as the last thing of a transaction, on its own connection; what it throws rolls the transaction back. */
export type CommitHook = (tx: Tx) => Promise<void>;

const current = new AsyncLocalStorage<{ hook: CommitHook | null }>();

/**
 * Runs `work` so that the hook is part of every transaction in it. It ends with `work`: a connection or timer that was
 * made meanwhile and lives on does not carry it along.
 */
export async function withCommitHook<T>(hook: CommitHook, work: () => Promise<T>): Promise<T> {
  const held = { hook: hook as CommitHook | null };
  try {
    return await current.run(held, work);
  } finally {
    held.hook = null;
  }
}

/** For what makes transactions. */
export async function runCommitHook(tx: Tx): Promise<void> {
  await current.getStore()?.hook?.(tx);
}
