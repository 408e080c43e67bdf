import { messageOf } from "@/lib/kernel/errors";
import { query } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { inspectEnvironment } from "./observe";

const batch = 50;
const parallel = 8;

/** Looks fully at every environment that is due, each every 10 s (demonstration ones every minute). @returns how many */
export async function monitoringTick(signal: AbortSignal): Promise<number> {
  // Claimed by moving the due time on: several workers share the environments without a lock.
  const due = await query<{ id: string }>(
    `UPDATE environment e SET next_check_at = now() + CASE WHEN e.is_demo THEN interval '60 seconds' ELSE interval '10 seconds' END
     WHERE e.id IN (
       SELECT id FROM environment WHERE status = 'running' AND next_check_at <= now() AND NOT is_demo
         AND NOT EXISTS (SELECT 1 FROM run r WHERE r.environment_id = environment.id AND r.status IN ('queued', 'running', 'parked'))
       ORDER BY next_check_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING e.id`,
    [batch],
    { name: "monitoring_due" },
  );
  await inspectAll(
    due.map((row) => row.id),
    true,
    signal,
  );
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
  await inspectAll(
    rows.map((row) => row.id),
    false,
    signal,
  );
  return rows.length;
}

async function inspectAll(ids: readonly string[], full: boolean, signal: AbortSignal): Promise<void> {
  const waiting = [...ids];
  const walk = async () => {
    for (let id = waiting.shift(); id !== undefined && !signal.aborted; id = waiting.shift()) {
      try {
        await inspectEnvironment(id, full);
      } catch (error) {
        moduleLog("monitoring").warn(
          { environment: id, err: error },
          `it could not be looked at: ${messageOf(error)}`,
        );
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, waiting.length) }, walk));
}
