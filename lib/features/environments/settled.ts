import { setTimeout as sleep } from "node:timers/promises";
import { query } from "@/lib/platform/db";

const limitMs = 3_000;
const lookEveryMs = 20;

/**
 * What follows from a run's end is written moments after the end itself. Whoever saw the end and at once asks for the
 * next thing is judged by what it led to: this waits until that is written. A worker that died in between is not
 * waited for longer than three seconds; its runs are settled by another one.
 */
export async function untilSettled(environmentId: string): Promise<void> {
  const untilMs = Date.now() + limitMs;
  while ((await isUnsettled(environmentId)) && Date.now() < untilMs) await sleep(lookEveryMs);
}

async function isUnsettled(environmentId: string): Promise<boolean> {
  const rows = await query(
    `SELECT 1 FROM environment e
     WHERE e.id = $1 AND e.status IN ('provisioning', 'changing', 'destroying') AND EXISTS (
       SELECT 1 FROM run u JOIN request q ON q.run_id = u.id WHERE u.environment_id = e.id
         AND q.status = 'running' AND u.status IN ('succeeded', 'failed', 'unknown', 'cancelled'))`,
    [environmentId],
    { name: "environment_unsettled" },
  );
  return rows.length > 0;
}
