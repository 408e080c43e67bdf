import type { ClientBase, Pool } from "pg";
import { newId } from "@/lib/kernel/ids";
import { inSql } from "@/lib/platform/db/literals";
import { activeRunStatuses, resumableRunStatuses, resumedStepStatuses } from "../states";
import type { NewStep, RunKind } from "../types";

/** Anything that takes a statement: a pool, a client inside a transaction. */
export type Queryable = Pool | ClientBase;

export interface NewRun {
  id?: string;
  environmentId: string;
  requestId: string | null;
  planId: string | null;
  kind: RunKind;
  context?: Record<string, unknown>;
  deadlineAt?: Date | null;
  /** In order; `dependsOn` names positions in this list. */
  steps: readonly NewStep[];
}

/**
 * Records a run with its steps, due now. The database allows one active run per environment: a second one
 * fails with a unique violation (SQLSTATE 23505 on run_active_key).
 * @returns the run's id
 */
export async function createRun(db: Queryable, run: NewRun): Promise<string> {
  const id = run.id ?? newId("run");
  await db.query({
    name: "run_new",
    text: `INSERT INTO run (id, environment_id, request_id, plan_id, kind, context, deadline_at)
     VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7)`,
    values: [
      id,
      run.environmentId,
      run.requestId,
      run.planId,
      run.kind,
      JSON.stringify(run.context ?? {}),
      run.deadlineAt ?? null,
    ],
  });
  if (run.steps.length === 0) return id;
  const rows = run.steps.map((step, position) => ({
    id: newId("step"),
    position,
    component: step.component,
    action: step.action,
    cloud_id: step.cloudId,
    // A text of an array, because json_to_recordset does not turn JSON arrays into SQL ones of int.
    depends_on: `{${step.dependsOn.join(",")}}`,
    input: step.input,
  }));
  await db.query({
    name: "run_new_steps",
    text: `INSERT INTO step (id, run_id, position, component, action, cloud_id, depends_on, input)
     SELECT s.id, $1, s.position, s.component, s.action::step_action, s.cloud_id, s.depends_on::int[], s.input
     FROM json_to_recordset($2::json) AS s(
       id text, position int, component text, action text, cloud_id text, depends_on text, input jsonb)`,
    values: [id, JSON.stringify(rows)],
  });
  return id;
}

/** Asks for cancellation: a waiting run becomes due so that a worker ends it. False when it had ended already. */
export async function requestCancel(db: Queryable, runId: string, userId: string | null): Promise<boolean> {
  const result = await db.query(
    `UPDATE run SET cancel_requested_at = coalesce(cancel_requested_at, now()), cancelled_by_id = $2,
       wake_at = CASE WHEN status <> 'running' THEN now() ELSE wake_at END
     WHERE id = $1 AND status IN ${inSql(activeRunStatuses)}`,
    [runId, userId],
  );
  return (result.rowCount ?? 0) > 0;
}

/**
 * Makes a stopped run continue: failed and cancelled steps are tried again, unknown ones are observed first.
 * False when the run is not in a state to be resumed.
 */
export async function resumeRun(db: Queryable, runId: string): Promise<boolean> {
  const result = await db.query(
    `UPDATE run SET status = 'queued', wake_at = now(), cancel_requested_at = NULL, cancelled_by_id = NULL,
       error = NULL, finished_at = NULL, deadline_at = NULL
     WHERE id = $1 AND status IN ${inSql(resumableRunStatuses)}`,
    [runId],
  );
  if ((result.rowCount ?? 0) === 0) return false;
  // A cancelled step may have been under way: like an unknown one it is looked at before it is repeated.
  await db.query(
    `UPDATE step SET status = (CASE WHEN status = 'unknown' OR (status = 'cancelled' AND started_at IS NOT NULL)
         THEN 'running' ELSE 'pending' END)::step_status,
       attempts = 0, error = NULL, finished_at = NULL, next_attempt_at = NULL
     WHERE run_id = $1 AND status IN ${inSql(resumedStepStatuses)}`,
    [runId],
  );
  return true;
}
