import { messageOf } from "@/lib/kernel/errors";
import { query } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { closeForgotten } from "./incidents";
import { inspectEnvironment, sampleEnvironment } from "./observe";

const batch = 50;
const parallel = 8;

/** Looks fully at every environment that is due, each every 10 s or sooner (demonstration ones every minute). @returns how many */
export async function monitoringTick(signal: AbortSignal): Promise<number> {
  // Claimed by moving the due time on: several workers share the environments without a lock.
  const due = await query<{ id: string; isDemo: boolean }>(
    `UPDATE environment e SET next_check_at = now() + CASE WHEN e.is_demo THEN interval '60 seconds' ELSE interval '10 seconds' END
     WHERE e.id IN (
       SELECT id FROM environment WHERE next_check_at <= now()
         AND (status = 'running' OR (status = 'failed' AND NOT is_demo
           AND EXISTS (SELECT 1 FROM resource x WHERE x.environment_id = environment.id)))
         AND NOT EXISTS (SELECT 1 FROM run r WHERE r.environment_id = environment.id AND r.status IN ('queued', 'running', 'parked'))
       ORDER BY is_demo, next_check_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
     RETURNING e.id, e.is_demo AS "isDemo"`,
    [batch],
    { name: "monitoring_due" },
  );
  await forAll(due, signal, ({ id, isDemo }) =>
    isDemo ? sampleEnvironment(id) : inspectEnvironment(id, true),
  );
  await closeForgotten();
  return due.length;
}

/** Looks whether the real processes and containers of running environments live. @returns how many environments */
export async function livenessTick(signal: AbortSignal): Promise<number> {
  const rows = await query<{ id: string }>(
    `SELECT DISTINCT e.id FROM environment e JOIN resource r ON r.environment_id = e.id JOIN cloud c ON c.id = r.cloud_id
     WHERE e.status = 'running' AND NOT e.is_demo AND c.driver IN ('machine', 'docker')
       AND NOT EXISTS (SELECT 1 FROM run u WHERE u.environment_id = e.id AND u.status IN ('queued', 'running', 'parked'))
     LIMIT 500`,
    [],
    { name: "monitoring_liveness" },
  );
  await forAll(rows, signal, ({ id }) => inspectEnvironment(id, false));
  return rows.length;
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
