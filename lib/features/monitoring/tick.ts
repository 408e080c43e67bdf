import { claimDueChecks, countDueChecks, listLiving } from "@/lib/features/environments";
import { messageOf } from "@/lib/kernel/errors";
import { moduleLog } from "@/lib/platform/log";
import { fanOut } from "@/lib/platform/queue";
import { inspectEnvironment, sampleEnvironment } from "./observe";
import { closeUnwatched } from "./store-incidents";

const batch = 50;
/** More would only wait: what is left is due with the next turn too. */
const mostBatches = 20;
const parallel = 8;

/**
 * Looks fully at environments that are due, each every 10 s or sooner (demonstration ones every minute): one batch here,
 * further ones by whichever workers are free. @returns how many it looked at here
 */
export async function monitoringTick(signal: AbortSignal): Promise<number> {
  const due = await claimDueChecks(batch);
  if (due.length === batch) await shareChecks();
  await checkAll(due, signal);
  await closeUnwatched();
  return due.length;
}

/** Looks at one more batch of those that are due; none is claimed twice. @returns how many */
export async function checkBatch(signal: AbortSignal): Promise<number> {
  const due = await claimDueChecks(batch);
  await checkAll(due, signal);
  return due.length;
}

async function shareChecks(): Promise<void> {
  const batches = Math.min(Math.ceil((await countDueChecks(batch * mostBatches)) / batch), mostBatches);
  await fanOut(
    "monitoring.batch",
    Array.from({ length: batches }, () => ({})),
  );
}

async function checkAll(due: readonly { id: string; isDemo: boolean }[], signal: AbortSignal): Promise<void> {
  await forAll(due, signal, ({ id, isDemo }) =>
    isDemo ? sampleEnvironment(id) : inspectEnvironment(id, true),
  );
}

/**
 * Looks whether the real processes and containers of running environments live: the first batch here, further ones by
 * whichever workers are free. @returns how many environments there are
 */
export async function livenessTick(signal: AbortSignal): Promise<number> {
  const ids = await listLiving();
  const others: { environmentIds: string[] }[] = [];
  for (let at = batch; at < ids.length; at += batch)
    others.push({ environmentIds: ids.slice(at, at + batch) });
  const shared = await fanOut("liveness.batch", others);
  await checkLiveness(shared ? ids.slice(0, batch) : ids, signal);
  return ids.length;
}

/** Looks whether the processes and containers of these environments live. */
export async function checkLiveness(ids: readonly string[], signal: AbortSignal): Promise<void> {
  await forAll(
    ids.map((id) => ({ id })),
    signal,
    ({ id }) => inspectEnvironment(id, false),
  );
}

/** Eight at once; what fails for one environment is logged and does not hold up the others. */
async function forAll<T extends { id: string }>(
  rows: readonly T[],
  signal: AbortSignal,
  work: (row: T) => Promise<void>,
): Promise<void> {
  const waiting = [...rows];
  const walk = async () => {
    for (let row = waiting.shift(); row !== undefined && !signal.aborted; row = waiting.shift()) {
      try {
        await work(row);
      } catch (error) {
        moduleLog("monitoring").warn(
          { environment: row.id, err: error },
          `check failed: ${messageOf(error)}`,
        );
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, waiting.length) }, walk));
}
