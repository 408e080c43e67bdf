import type { Pool } from "pg";
import type { StepMove } from "../ports";

/** Records transitions and what they did to resources. @returns ids of the steps that were written */
export async function flushMoves(pool: Pool, moves: readonly StepMove[]): Promise<Set<string>> {
  const rows = moves.map((move) => ({
    step_id: move.step.id,
    run_id: move.step.runId,
    fence: move.fence,
    from_status: move.step.status,
    to_status: move.to,
    token: move.token ?? null,
    error: move.error ?? null,
    next_attempt_at: move.nextAttemptAt ?? null,
  }));
  const upserts: unknown[] = [];
  const removals: unknown[] = [];
  for (const { step, environmentId, effect } of moves) {
    if (effect?.type === "upsert") {
      upserts.push({ ...effect.resource, stepId: step.id, environmentId });
    } else if (effect?.type === "remove") {
      removals.push({ stepId: step.id, environmentId, component: effect.component });
    }
  }
  const statement = flushSql(upserts.length > 0, removals.length > 0);
  const values: unknown[] = [JSON.stringify(rows)];
  if (upserts.length > 0) values.push(JSON.stringify(upserts));
  if (removals.length > 0) values.push(JSON.stringify(removals));
  const result = await pool.query<{ id: string }>({ ...statement, values });
  return new Set(result.rows.map((row) => row.id));
}

/**
 * One statement that records a batch of step transitions and what they did to resources, all or nothing.
 * `owned` locks the runs FOR SHARE, so that a claim by another worker (which updates the run row) either
 * happened before, and the fence no longer matches, or waits until this batch is committed. Every statement that locks
 * several runs does so in the order of their ids, so that two of them never wait for each other.
 */
function flushSql(withUpserts: boolean, withRemovals: boolean): { name: string; text: string } {
  let parameter = 1;
  const upserts = withUpserts ? upsertCte(++parameter) : "";
  const removals = withRemovals ? removeCte(++parameter) : "";
  return {
    name: `step_flush_${withUpserts ? "u" : ""}${withRemovals ? "r" : ""}`,
    text: `${head}${upserts}${removals} SELECT id FROM moved`,
  };
}

const head = `
WITH input AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS i(
    step_id text, run_id text, fence int, from_status step_status, to_status step_status,
    token jsonb, error jsonb, next_attempt_at timestamptz)
), owned AS MATERIALIZED (
  SELECT r.id, r.fence FROM run r
  WHERE r.id IN (SELECT DISTINCT run_id FROM input) AND r.status = 'running'
  ORDER BY r.id FOR SHARE
), moved AS (
  UPDATE step s SET
    status = i.to_status,
    attempts = s.attempts + CASE WHEN i.to_status = 'running' AND i.from_status <> 'running' THEN 1 ELSE 0 END,
    token = i.token,
    error = i.error,
    next_attempt_at = i.next_attempt_at,
    started_at = CASE WHEN i.to_status IN ('running', 'succeeded', 'skipped') THEN coalesce(s.started_at, now()) ELSE s.started_at END,
    finished_at = CASE WHEN i.to_status IN ('succeeded', 'skipped', 'failed', 'unknown', 'cancelled') THEN now() END
  FROM input i JOIN owned o ON o.id = i.run_id AND o.fence = i.fence
  WHERE s.id = i.step_id AND s.status = i.from_status
  RETURNING s.id
)`;

const columns = [
  ["cloud_id", "cloudId", "text"],
  ["kind", "kind", "text"],
  ["external_id", "externalId", "text"],
  ["status", "status", "text"],
  ["desired", "desired", "text"],
  ["desired_digest", "desiredDigest", "text"],
  ["spec", "spec", "jsonb"],
  ["cpu", "cpu", "numeric"],
  ["memory_bytes", "memoryBytes", "bigint"],
  ["storage_bytes", "storageBytes", "bigint"],
  ["replicas", "replicas", "int"],
  ["attributes", "attributes", "jsonb"],
  ["address", "address", "jsonb"],
  ["outputs", "outputs", "jsonb"],
  ["sealed_outputs", "sealedOutputs", "text"],
] as const;

function upsertCte(parameter: number): string {
  const names = columns.map(([name]) => name).join(", ");
  const values = columns.map(([, key]) => `u."${key}"`).join(", ");
  const record = columns.map(([, key, type]) => `"${key}" ${type}`).join(", ");
  const updates = columns.map(([name]) => `${name} = excluded.${name}`).join(", ");
  // A resource keeps its id over updates; a new one is named after the step that made it.
  return `, upserted AS (
  INSERT INTO resource (id, environment_id, component, step_id, last_observed_at, updated_at, ${names})
  SELECT 'res_' || substr(u."stepId", 5), u."environmentId", u.component, u."stepId", now(), now(), ${values}
  FROM json_to_recordset($${parameter}::json) AS u("stepId" text, "environmentId" text, component text, ${record})
  JOIN moved m ON m.id = u."stepId"
  ON CONFLICT (environment_id, component) DO UPDATE SET
    step_id = excluded.step_id, last_observed_at = now(), updated_at = now(), passes = 0, checked_at = NULL, ${updates}
  RETURNING id
)`;
}

function removeCte(parameter: number): string {
  return `, removed AS (
  DELETE FROM resource r
  USING json_to_recordset($${parameter}::json) AS d("stepId" text, "environmentId" text, component text), moved m
  WHERE m.id = d."stepId" AND r.environment_id = d."environmentId" AND r.component = d.component
  RETURNING r.id
)`;
}
