import type { ClientBase } from "pg";

interface Failure {
  runId: string;
  environmentId: string;
  kind: string;
}

/**
 * What environments are after runs that failed or were canceled. An environment that was ready once stays usable: it is
 * stopped when everything of it is, and running otherwise; monitoring tells how healthy. Only a creation that never
 * succeeded, and a destruction that has already removed something, leave it failed.
 * @returns statuses by environment id
 */
export async function statusesAfterFailures(
  client: ClientBase,
  failures: readonly Failure[],
): Promise<Map<string, string>> {
  if (failures.length === 0) return new Map();
  const { rows } = await client.query<{ id: string; status: string }>({
    name: "runs_failed_statuses",
    text: `
      SELECT e.id, CASE
          WHEN e.ready_at IS NULL OR coalesce(r.total, 0) = 0 THEN 'failed'
          WHEN i.kind = 'destroy' AND EXISTS (
            SELECT 1 FROM step s WHERE s.run_id = i.run AND s.action = 'delete' AND s.status = 'succeeded') THEN 'failed'
          WHEN r.total = r.stopped THEN 'stopped'
          ELSE 'running' END AS status
      FROM json_to_recordset($1::json) AS i(id text, run text, kind text)
      JOIN environment e ON e.id = i.id
      LEFT JOIN LATERAL (SELECT count(*) AS total, count(*) FILTER (WHERE status = 'stopped') AS stopped
        FROM resource WHERE environment_id = e.id) r ON true`,
    values: [
      JSON.stringify(
        failures.map(({ environmentId, runId, kind }) => ({ id: environmentId, run: runId, kind })),
      ),
    ],
  });
  return new Map(rows.map((row) => [row.id, row.status]));
}

/**
 * A component whose change began and did not end may be in the old state, in the new one or in neither. It loses the
 * digest of what was applied last, so that the next plan applies what is wanted instead of believing that it is there.
 */
export async function markUnfinished(client: ClientBase, failures: readonly Failure[]): Promise<void> {
  if (failures.length === 0) return;
  await client.query({
    name: "runs_failed_unfinished",
    text: `
      UPDATE resource r SET desired_digest = '' FROM run u JOIN step s ON s.run_id = u.id
      WHERE u.id = ANY($1) AND r.environment_id = u.environment_id AND r.component = s.component
        AND s.action IN ('create', 'update', 'replace', 'no-op') AND s.attempts > 0
        AND s.status IN ('running', 'waiting', 'failed', 'unknown', 'cancelled')`,
    values: [failures.map((one) => one.runId)],
  });
}
