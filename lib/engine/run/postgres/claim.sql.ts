import type { ClientBase, Pool } from "pg";
import { inSql } from "@/lib/platform/db/literals";
import type { ClaimedRun, OwnedRun, RunEnd } from "../ports";
import { runStates } from "../states";
import { readStepError } from "../step-error";
import type { RunRecord, StepRecord } from "../types";

interface RunRow extends Omit<RunRecord, "context"> {
  context: Record<string, unknown>;
}

/** Written out, so that the index of what is due serves. */
const dueStatuses = inSql(runStates.before("running").filter((status) => status !== "running"));
const endingStatuses = inSql(runStates.before("succeeded"));

const runColumns = `r.id, r.environment_id AS "environmentId", r.request_id AS "requestId", r.plan_id AS "planId",
  r.kind, r.status, r.fence, r.context, r.deadline_at AS "deadlineAt",
  r.cancel_requested_at AS "cancelRequestedAt", r.created_at AS "createdAt"`;

const stepColumns = `s.id, s.run_id AS "runId", s.position, s.component, s.action, s.cloud_id AS "cloudId",
  s.depends_on AS "dependsOn", s.status, s.attempts, s.input, s.token, s.error,
  s.next_attempt_at AS "nextAttemptAt"`;

/**
 * SKIP LOCKED lets many workers claim at once without waiting for each other. Times are kept in whole milliseconds, so one
 * that was just written may lie half of one ahead.
 */
export async function claimRuns(
  pool: Pool,
  options: { workerId: string; leaseMs: number; limit: number },
): Promise<ClaimedRun[]> {
  const claimed = await pool.query<RunRow>({
    name: "run_claim",
    text: `
      UPDATE run r SET status = 'running', error = NULL, worker_id = $1, fence = r.fence + 1, wake_at = NULL,
        lease_until = now() + $2 * interval '1 millisecond', started_at = coalesce(r.started_at, now())
      WHERE r.id IN (
        SELECT id FROM run
        WHERE (status IN ${dueStatuses} AND wake_at <= now() + interval '1 millisecond') OR (status = 'running' AND lease_until < now())
        ORDER BY wake_at NULLS FIRST LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED)
      RETURNING ${runColumns}`,
    values: [options.workerId, options.leaseMs, options.limit],
  });
  if (claimed.rows.length === 0) return [];
  const steps = await pool.query<Omit<StepRecord, "error"> & { error: unknown }>({
    name: "run_steps",
    text: `SELECT ${stepColumns} FROM step s WHERE s.run_id = ANY($1) ORDER BY s.run_id, s.position`,
    values: [claimed.rows.map((run) => run.id)],
  });
  const byRun = new Map<string, StepRecord[]>(claimed.rows.map((run) => [run.id, []]));
  for (const step of steps.rows) byRun.get(step.runId)?.push({ ...step, error: readStepError(step.error) });
  return claimed.rows.map((run) => ({ run, steps: byRun.get(run.id) ?? [] }));
}

export async function renewLeases(
  pool: Pool,
  owned: readonly OwnedRun[],
  leaseMs: number,
): Promise<Map<string, { cancelRequestedAt: Date | null }>> {
  const result = await pool.query<{ id: string; cancelRequestedAt: Date | null }>({
    name: "run_renew",
    text: `
      WITH mine AS MATERIALIZED (
        SELECT r.id FROM run r JOIN unnest($1::text[], $2::int[]) AS o(id, fence) ON r.id = o.id AND r.fence = o.fence
        WHERE r.status = 'running' ORDER BY r.id FOR NO KEY UPDATE OF r)
      UPDATE run r SET lease_until = now() + $3 * interval '1 millisecond' FROM mine WHERE r.id = mine.id
      RETURNING r.id, r.cancel_requested_at AS "cancelRequestedAt"`,
    values: [owned.map((run) => run.id), owned.map((run) => run.fence), leaseMs],
  });
  return new Map(result.rows.map((row) => [row.id, row]));
}

export async function endRuns(
  db: Pool | ClientBase,
  ends: readonly Omit<RunEnd, "environmentId">[],
): Promise<Set<string>> {
  for (const end of ends) runStates.transition("running", end.status);
  const result = await db.query<{ id: string }>({
    name: "run_end",
    text: `
      WITH ending AS MATERIALIZED (
        SELECT e.* FROM run r
        JOIN json_to_recordset($1::json) AS e(id text, fence int, status run_status, wake_at timestamptz, error jsonb, deadline_at timestamptz)
          ON r.id = e.id AND r.fence = e.fence
        WHERE r.id = ANY($2) AND r.status IN ${endingStatuses} ORDER BY r.id FOR NO KEY UPDATE OF r)
      UPDATE run r SET status = e.status, error = e.error, deadline_at = coalesce(e.deadline_at, r.deadline_at), worker_id = NULL, lease_until = NULL,
        wake_at = CASE WHEN e.status = 'parked'
          THEN CASE WHEN r.cancel_requested_at IS NULL THEN e.wake_at ELSE now() END END,
        finished_at = CASE WHEN e.status = 'parked' THEN NULL ELSE now() END
      FROM ending e WHERE r.id = e.id
      RETURNING r.id`,
    values: [
      JSON.stringify(
        ends.map((end) => ({
          id: end.id,
          fence: end.fence,
          status: end.status,
          wake_at: end.wakeAt ?? null,
          error: end.error ?? null,
          deadline_at: end.deadlineAt ?? null,
        })),
      ),
      ends.map((end) => end.id),
    ],
  });
  return new Set(result.rows.map((row) => row.id));
}
