import { setTimeout as sleep } from "node:timers/promises";
import { Probe } from "@/lib/kernel/probe";
import { rowsOn, signOfLife } from "./builder";
import { SilentDatabaseError } from "./connection-errors";
import { getPool, getProbePool } from "./connections";

/**
 * Asked on a connection of its own: behind statements that take long the pool would say that the server is gone. A server
 * that is there but has no connection left is asked through the pool.
 */
async function askForSign(): Promise<void> {
  try {
    await rowsOn(getProbePool(), signOfLife);
  } catch (error) {
    if ((error as { code?: unknown }).code !== noConnectionLeft) throw error;
    await rowsOn(getPool(), signOfLife);
  }
}

const noConnectionLeft = "53300";

const probe = new Probe(askForSign, 2_000);

/** Asks the database for a sign of life, for 2 s at most. @throws LateError, or why there is no connection */
export async function askDatabase(): Promise<void> {
  await probe.answer();
}

/** Whether the database answers now; after 2 s it does not. */
export async function isDatabaseAvailable(): Promise<boolean> {
  return await askDatabase().then(
    () => true,
    () => false,
  );
}

/** For how long work is taken to be busy before the database is asked whether it is there at all, in ms. */
const busyMs = 2_000;

/**
 * Waits until the database gives no sign of life, asked every 2 s; the first time 2 s after the call.
 * @returns false when `signal` ends the wait first
 */
export async function untilDatabaseIsSilent(signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    await sleep(busyMs, undefined, { signal, ref: false }).catch(() => {});
    if (!signal.aborted && !(await isDatabaseAvailable())) return !signal.aborted;
  }
  return false;
}

/**
 * Waits for work that only reads, for as long as the database is there: a server that stands still would let it wait for
 * ever. What it read is dropped then.
 * @throws SilentDatabaseError, or what the work throws
 */
export async function whileDatabaseAnswers<T>(work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const silence = untilDatabaseIsSilent(done.signal).then((isSilent) => {
    if (isSilent) throw new SilentDatabaseError("The database doesn’t respond.");
    return work;
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    done.abort();
    silence.catch(() => {});
    work.catch(() => {});
  }
}
