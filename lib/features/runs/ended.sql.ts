import type { EnvironmentStatus, RequestStatus } from "@/gen/kysely/enums";
import type { RunKind } from "@/lib/engine/run";
import { environmentStates } from "@/lib/features/environments/schema";
import { requestStates } from "@/lib/features/requests/schema";
import { execute, inSql, query, type Tx } from "@/lib/platform/db";

/**
 * What follows from the ends of runs, for all that end together in one statement each: the durable engine ends hundreds a
 * second, and each statement of its own would cost more than what it does. The ids are given once more by themselves,
 * because PostgreSQL takes a document for a hundred rows and reads the whole table for it.
 */

export interface EndedEnvironment {
  id: string;
  /** The run that ended. */
  run: string;
  /** Null: as it is. */
  status: EnvironmentStatus | null;
  succeeded: boolean;
  outputs: unknown;
  sealed: string | null;
}

const moves = inSql(environmentStates.moves.map((move) => move.join(" ")));
const runningRequests = inSql(requestStates.before("succeeded"));

/** Gives environments the status and outputs that their runs left them with. @returns those that could have it */
export async function updateEnvironments(
  tx: Tx,
  rows: readonly EndedEnvironment[],
): Promise<{ id: string }[]> {
  return await query(
    `      UPDATE environment e SET status = coalesce(i.status, e.status),
        outputs = coalesce(i.outputs, e.outputs), sealed_outputs = coalesce(i.sealed, e.sealed_outputs),
        ready_at = CASE WHEN i.status = 'running' AND i.succeeded THEN coalesce(e.ready_at, now()) ELSE e.ready_at END,
        destroyed_at = CASE WHEN i.status = 'destroyed' THEN coalesce(e.destroyed_at, now()) ELSE e.destroyed_at END,
        monthly_cost = CASE WHEN i.status = 'destroyed' THEN 0 ELSE e.monthly_cost END,
        health = CASE WHEN i.status IN ('destroyed', 'stopped') THEN 'unknown'::health_state ELSE e.health END,
        failed_run_id = CASE WHEN i.succeeded THEN e.failed_run_id ELSE i.run END,
        next_check_at = now(), updated_at = now()
      FROM json_to_recordset($1::json) AS i(id text, status environment_status, succeeded boolean, run text, outputs jsonb, sealed text)
      WHERE e.id = i.id AND e.id = ANY($2) AND e.destroyed_at IS NULL
        AND (coalesce(i.status, e.status) = e.status OR e.status || ' ' || i.status IN ${moves})
      RETURNING e.id`,
    [JSON.stringify(rows), rows.map((row) => row.id)],
    { name: "runs_ended_environments", db: tx },
  );
}

/** Ends running requests. @returns those that were */
export async function endRequests(
  tx: Tx,
  rows: readonly { id: string; status: RequestStatus; message: string }[],
): Promise<{ id: string }[]> {
  return await query(
    `      UPDATE request q SET status = i.status, finished_at = now(), message = i.message
      FROM json_to_recordset($1::json) AS i(id text, status request_status, message text)
      WHERE q.id = i.id AND q.id = ANY($2) AND q.status IN ${runningRequests} RETURNING q.id`,
    [JSON.stringify(rows), rows.map((row) => row.id)],
    { name: "runs_ended_requests", db: tx },
  );
}

/** What environments are after runs that failed, by what exists of them. */
export async function readStatusesAfter(
  tx: Tx,
  failures: readonly { environmentId: string; runId: string; kind: RunKind }[],
): Promise<{ id: string; status: EnvironmentStatus }[]> {
  const rows = failures.map(({ environmentId, runId, kind }) => ({ id: environmentId, run: runId, kind }));
  return await query(
    `      SELECT e.id, CASE
          WHEN e.ready_at IS NULL OR coalesce(r.total, 0) = 0 THEN 'failed'
          WHEN i.kind = 'destroy' AND EXISTS (
            SELECT 1 FROM step s WHERE s.run_id = i.run AND s.action = 'delete' AND s.status = 'succeeded') THEN 'failed'
          WHEN r.total = r.stopped THEN 'stopped'
          ELSE 'running' END AS status
      FROM json_to_recordset($1::json) AS i(id text, run text, kind text)
      JOIN environment e ON e.id = i.id
      LEFT JOIN LATERAL (SELECT count(*) AS total, count(*) FILTER (WHERE status = 'stopped') AS stopped
        FROM resource WHERE environment_id = e.id) r ON true`,
    [JSON.stringify(rows)],
    { name: "runs_failed_statuses", db: tx },
  );
}

/** Components of which a change of the runs began and did not end lose the digest of what was applied last. */
export async function clearUnfinishedDigests(tx: Tx, runIds: readonly string[]): Promise<void> {
  await execute(
    `      UPDATE resource r SET desired_digest = '' FROM run u JOIN step s ON s.run_id = u.id
      WHERE u.id = ANY($1) AND r.environment_id = u.environment_id AND r.component = s.component
        AND s.action IN ('create', 'update', 'replace', 'no-op') AND s.attempts > 0
        AND s.status IN ('running', 'waiting', 'failed', 'unknown', 'cancelled')`,
    [runIds],
    { name: "runs_failed_unfinished", db: tx },
  );
}

/** Deletes the secrets of environments that are not among the known ones. */
export async function deleteUnknownSecrets(
  tx: Tx,
  environmentIds: readonly string[],
  known: readonly { environmentId: string; component: string; name: string }[],
): Promise<void> {
  await execute(
    `      DELETE FROM environment_secret s WHERE s.environment_id = ANY($1) AND NOT EXISTS (
        SELECT 1 FROM json_to_recordset($2::json) AS k("environmentId" text, component text, name text)
        WHERE k."environmentId" = s.environment_id AND k.component = s.component AND k.name = s.name)`,
    [environmentIds, JSON.stringify(known)],
    { name: "runs_ended_dropped_secrets", db: tx },
  );
}

/** Plans the next attempt of destructions that began to delete. @returns ids of their environments */
export async function scheduleRetries(tx: Tx, runIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await query<{ id: string }>(
    `      UPDATE environment e SET destroy_retry_at = now() + least(interval '6 hours', interval '5 minutes' * power(2, tries.count - 1))
      FROM run u CROSS JOIN LATERAL (SELECT count(*) FROM run x
        WHERE x.environment_id = u.environment_id AND x.kind = 'destroy' AND x.status IN ('failed', 'unknown')) tries
      WHERE u.id = ANY($1) AND e.id = u.environment_id AND e.destroyed_at IS NULL
        AND EXISTS (SELECT 1 FROM step s WHERE s.run_id = u.id AND s.action IN ('delete', 'cleanup') AND s.attempts > 0)
      RETURNING e.id`,
    [runIds],
    { name: "runs_failed_destroy_retry", db: tx },
  );
  return new Set(rows.map((row) => row.id));
}
