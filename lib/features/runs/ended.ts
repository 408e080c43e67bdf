import type { ClientBase } from "pg";
import { commonScope, type Published } from "@/lib/engine/plan";
import type { RunStatus } from "@/lib/engine/run";
import { type EnvironmentContext, loadEnvironment, secretContext } from "@/lib/features/environments";
import { releaseEnvironment } from "@/lib/features/quotas";
import { newId } from "@/lib/kernel/ids";
import { seal } from "@/lib/platform/crypto";
import { query, withSqlTransaction } from "@/lib/platform/db";
import { publishEvent, publishEvents, type Topic } from "@/lib/platform/events";
import { templateOutputs } from "./acceptance";

/** What an environment is after a run of that kind succeeded; what is not here was running and goes on. */
const statusAfter: Record<string, string> = { stop: "stopped", destroy: "destroyed" };
/** Runs whose failure leaves the environment as it was. */
const harmless = new Set(["heal", "action", "extend"]);

interface EndedRow {
  kind: string;
  requestId: string | null;
  requesterId: string | null;
  projectId: string | null;
  requestStatus: string | null;
  error: { message?: string } | null;
  environmentName: string;
}

/**
 * What follows from the end of a run: the environment's status and outputs, the request's end, capacity that is
 * free again, and a word to the requester. Repeatable: the request's status guards everything that may happen once.
 */
export async function endRun(
  runId: string,
  environmentId: string,
  status: RunStatus,
  outcome?: Outcome,
): Promise<void> {
  const [row] = await query<EndedRow>(
    `SELECT u.kind, u.request_id AS "requestId", q.requester_id AS "requesterId", q.project_id AS "projectId",
       q.status::text AS "requestStatus", u.error, e.name AS "environmentName"
     FROM run u JOIN environment e ON e.id = u.environment_id LEFT JOIN request q ON q.id = u.request_id
     WHERE u.id = $1`,
    [runId],
  );
  if (!row) return;
  const succeeded = status === "succeeded";
  const outputs = succeeded && row.kind !== "destroy" ? await outputsOf(environmentId, outcome) : null;
  await withSqlTransaction(async (client) => {
    await settleEnvironment(client, environmentId, row.kind, succeeded, outputs);
    const ended = await settleRequest(client, row, status);
    if (succeeded && row.kind === "destroy") await releaseEnvironment(client, environmentId);
    if (!succeeded && row.kind === "create") await releaseIfNothingExists(client, environmentId);
    const topics: Topic[] = [`run:${runId}`, `environment:${environmentId}`];
    if (row.projectId) topics.push(`project:${row.projectId}`);
    await publishEvents(
      client,
      topics.map((topic) => ({ topic, kind: "run.ended", payload: { runId, status } })),
    );
    if (ended) await notify(client, row, runId, environmentId, status);
  });
}

async function settleEnvironment(
  client: ClientBase,
  environmentId: string,
  kind: string,
  succeeded: boolean,
  outputs: { visible: unknown; sealed: string } | null,
): Promise<void> {
  if (!succeeded && harmless.has(kind)) return;
  const status = succeeded ? (statusAfter[kind] ?? (harmless.has(kind) ? null : "running")) : "failed";
  await client.query(
    `UPDATE environment SET status = coalesce($2::environment_status, status),
       outputs = coalesce($3::jsonb, outputs), sealed_outputs = coalesce($4, sealed_outputs),
       ready_at = CASE WHEN $2 = 'running' THEN coalesce(ready_at, now()) ELSE ready_at END,
       destroyed_at = CASE WHEN $2 = 'destroyed' THEN coalesce(destroyed_at, now()) ELSE destroyed_at END,
       monthly_cost = CASE WHEN $2 = 'destroyed' THEN 0 ELSE monthly_cost END,
       health = CASE WHEN $2 IN ('destroyed', 'stopped') THEN 'unknown'::health_state ELSE health END,
       next_check_at = now(), updated_at = now()
     WHERE id = $1 AND destroyed_at IS NULL`,
    [environmentId, status, outputs ? JSON.stringify(outputs.visible) : null, outputs?.sealed ?? null],
  );
}

async function settleRequest(client: ClientBase, row: EndedRow, status: RunStatus): Promise<boolean> {
  if (!row.requestId) return false;
  const next = status === "succeeded" ? "succeeded" : status === "cancelled" ? "cancelled" : "failed";
  const moved = await client.query(
    `UPDATE request SET status = $2::request_status, finished_at = now(), message = $3
     WHERE id = $1 AND status = 'running'`,
    [row.requestId, next, status === "succeeded" ? "" : (row.error?.message ?? "")],
  );
  return moved.rowCount === 1;
}

/** A failed creation that left nothing behind holds no capacity; what exists keeps being counted until it is gone. */
async function releaseIfNothingExists(client: ClientBase, environmentId: string): Promise<void> {
  const found = await client.query("SELECT 1 FROM resource WHERE environment_id = $1 LIMIT 1", [
    environmentId,
  ]);
  if (found.rowCount === 0) await releaseEnvironment(client, environmentId);
}

interface Outcome {
  context: EnvironmentContext;
  published: ReadonlyMap<string, Published>;
}

async function outputsOf(
  environmentId: string,
  outcome: Outcome | undefined,
): Promise<{ visible: unknown; sealed: string } | null> {
  const { context, published } = outcome ?? (await readOutcome(environmentId));
  if (Object.keys(context.inputs.manifest.spec.outputs).length === 0) return null;
  const outputs = templateOutputs(context, published, commonScope(context.inputs));
  const visible = Object.fromEntries(
    outputs.filter((one) => !one.secret).map((one) => [one.name, one.value]),
  );
  return { visible, sealed: seal(JSON.stringify(outputs), secretContext(environmentId)) };
}

async function readOutcome(environmentId: string): Promise<Outcome> {
  const context = await loadEnvironment(environmentId);
  const published = new Map([...context.existing.values()].map((one) => [one.component, one.published]));
  return { context, published };
}

async function notify(
  client: ClientBase,
  row: EndedRow,
  runId: string,
  environmentId: string,
  status: RunStatus,
): Promise<void> {
  if (!row.requesterId) return;
  const ready = status === "succeeded";
  const title = ready
    ? `${row.environmentName}: ${row.kind} is done`
    : `${row.environmentName}: ${row.kind} ${status}`;
  await client.query(
    `INSERT INTO notification (id, user_id, kind, title, body, href) VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      newId("notification"),
      row.requesterId,
      ready ? "run.succeeded" : "run.failed",
      title,
      row.error?.message ?? "",
      ready && row.kind !== "destroy" ? `/environments/${environmentId}` : `/runs/${runId}`,
    ],
  );
  await publishEvent(client, `user:${row.requesterId}`, "notification", { title });
}

/** Runs that ended while the process died before what follows was done; called by the sweeper. @returns how many */
export async function settleEndedRuns(): Promise<number> {
  const rows = await query<{ id: string; environmentId: string; status: RunStatus }>(
    `SELECT u.id, u.environment_id AS "environmentId", u.status::text AS status
     FROM run u JOIN request q ON q.run_id = u.id
     WHERE q.status = 'running' AND u.status IN ('succeeded', 'failed', 'unknown', 'cancelled')
       AND u.finished_at < now() - interval '5 seconds' LIMIT 200`,
  );
  for (const row of rows) await endRun(row.id, row.environmentId, row.status);
  return rows.length;
}
