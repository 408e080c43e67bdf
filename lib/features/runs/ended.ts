import type { ClientBase } from "pg";
import type { RunStatus } from "@/lib/engine/run";
import type { EnvironmentStatus } from "@/lib/features/environments/schema";
import { type NotificationEvent, notify } from "@/lib/features/notifications";
import { releaseEmptyEnvironments, releaseEnvironments } from "@/lib/features/quotas";
import { endPendingRequests } from "@/lib/features/requests";
import type { RequestKind } from "@/lib/features/requests/schema";
import type { Topic } from "@/lib/platform/events";
import { deleteDroppedSecrets } from "./dropped-secrets";
import { type Outcome, outputsAfter, type StoredOutputs } from "./outputs";
import { endWords } from "./schema";
import { markUnfinished, statusesAfterFailures } from "./unfinished";

/** What an environment is after a run of that kind succeeded; what is not here was running and goes on. */
const statusAfter: Partial<Record<RequestKind, EnvironmentStatus>> = {
  stop: "stopped",
  destroy: "destroyed",
};
/** Runs whose failure leaves the environment as it was. */
const harmless: ReadonlySet<RequestKind> = new Set(["heal", "action", "extend"]);

export interface RunOutcome {
  runId: string;
  environmentId: string;
  status: RunStatus;
  /** What the run's owner knows of the environment now. */
  outcome: Outcome | undefined;
}

interface Facts {
  runId: string;
  kind: RequestKind;
  requestId: string | null;
  requesterId: string | null;
  projectId: string | null;
  error: { message?: string } | null;
  environmentName: string;
  ownerId: string;
}

type Ending = RunOutcome & Facts & { succeeded: boolean };

/**
 * What follows from the end of runs: the environment's status and outputs, the request's end, capacity that is free
 * again, and a word to the requester. In the transaction that records the ends. Runs that end together share the
 * statements.
 */
export async function settleEnds(client: ClientBase, ended: readonly RunOutcome[]): Promise<void> {
  const facts = await readFacts(
    client,
    ended.map((one) => one.runId),
  );
  const endings = ended.flatMap((one): Ending[] => {
    const known = facts.get(one.runId);
    return known ? [{ ...one, ...known, succeeded: one.status === "succeeded" }] : [];
  });
  const outputs = outputsAfter(endings.filter((one) => one.succeeded && one.kind !== "destroy"));
  await settleEnvironments(client, endings, outputs);
  await deleteDroppedSecrets(client, endings.flatMap(changedVersion));
  const settled = await settleRequests(client, endings);
  await freeCapacity(client, endings);
  const settledEndings = endings.filter((one) => settled.has(one.requestId ?? ""));
  await notify(client, settledEndings.flatMap(noticesOf), endings.flatMap(eventsOf));
  await endPendingRequests(
    client,
    endings.filter(isDestroyed).map((one) => one.environmentId),
  );
}

const isDestroyed = ({ succeeded, kind }: Ending) => succeeded && kind === "destroy";

/** An environment that is now what its version says. */
function changedVersion({ environmentId, kind, succeeded, outcome }: Ending) {
  if (!succeeded || kind !== "update" || !outcome) return [];
  return [{ environmentId, manifest: outcome.context.inputs.manifest }];
}

async function readFacts(client: ClientBase, runIds: readonly string[]): Promise<Map<string, Facts>> {
  const { rows } = await client.query<Facts>({
    name: "runs_ended",
    text: `
     SELECT u.id AS "runId", u.kind, u.request_id AS "requestId", q.requester_id AS "requesterId",
       q.project_id AS "projectId", u.error, e.name AS "environmentName", e.owner_id AS "ownerId"
     FROM run u JOIN environment e ON e.id = u.environment_id LEFT JOIN request q ON q.id = u.request_id
     WHERE u.id = ANY($1)`,
    values: [runIds],
  });
  return new Map(rows.map((row) => [row.runId, row]));
}

async function settleEnvironments(
  client: ClientBase,
  endings: readonly Ending[],
  outputs: ReadonlyMap<string, StoredOutputs>,
): Promise<void> {
  const failures = endings.filter((one) => !one.succeeded && !harmless.has(one.kind));
  await markUnfinished(client, failures);
  const statuses = await statusesAfterFailures(client, failures);
  const rows = endings.flatMap(({ environmentId, runId, kind, succeeded }) => {
    if (!succeeded && harmless.has(kind)) return [];
    const goal = statusAfter[kind] ?? (harmless.has(kind) ? null : "running");
    const status = succeeded ? goal : (statuses.get(environmentId) ?? "failed");
    const made = outputs.get(environmentId);
    const outputsMade = { outputs: made?.visible ?? null, sealed: made?.sealed ?? null };
    return [{ id: environmentId, run: runId, status, succeeded, ...outputsMade }];
  });
  if (rows.length === 0) return;
  // The ids once more by themselves: PostgreSQL takes a document for a hundred rows and reads the whole table for it.
  await client.query({
    name: "runs_ended_environments",
    text: `
      UPDATE environment e SET status = coalesce(i.status, e.status),
        outputs = coalesce(i.outputs, e.outputs), sealed_outputs = coalesce(i.sealed, e.sealed_outputs),
        ready_at = CASE WHEN i.status = 'running' AND i.succeeded THEN coalesce(e.ready_at, now()) ELSE e.ready_at END,
        destroyed_at = CASE WHEN i.status = 'destroyed' THEN coalesce(e.destroyed_at, now()) ELSE e.destroyed_at END,
        monthly_cost = CASE WHEN i.status = 'destroyed' THEN 0 ELSE e.monthly_cost END,
        health = CASE WHEN i.status IN ('destroyed', 'stopped') THEN 'unknown'::health_state ELSE e.health END,
        failed_run_id = CASE WHEN i.succeeded THEN e.failed_run_id ELSE i.run END,
        next_check_at = now(), updated_at = now()
      FROM json_to_recordset($1::json) AS i(id text, status environment_status, succeeded boolean, run text, outputs jsonb, sealed text)
      WHERE e.id = i.id AND e.id = ANY($2) AND e.destroyed_at IS NULL`,
    values: [JSON.stringify(rows), rows.map((row) => row.id)],
  });
}

/** @returns ids of the requests whose end this is; the others had ended before */
async function settleRequests(client: ClientBase, endings: readonly Ending[]): Promise<Set<string>> {
  const rows = endings.flatMap(({ requestId, status, error }) => {
    if (!requestId) return [];
    const next = status === "succeeded" || status === "cancelled" ? status : "failed";
    return [{ id: requestId, status: next, message: status === "succeeded" ? "" : (error?.message ?? "") }];
  });
  if (rows.length === 0) return new Set();
  const moved = await client.query<{ id: string }>({
    name: "runs_ended_requests",
    text: `
      UPDATE request q SET status = i.status, finished_at = now(), message = i.message
      FROM json_to_recordset($1::json) AS i(id text, status request_status, message text)
      WHERE q.id = i.id AND q.id = ANY($2) AND q.status = 'running' RETURNING q.id`,
    values: [JSON.stringify(rows), rows.map((row) => row.id)],
  });
  return new Set(moved.rows.map((row) => row.id));
}

/** A failed creation that left nothing behind holds no capacity; what exists is counted until it is gone. */
async function freeCapacity(client: ClientBase, endings: readonly Ending[]): Promise<void> {
  const ids = (some: readonly Ending[]) => some.map((one) => one.environmentId);
  await releaseEnvironments(client, ids(endings.filter(isDestroyed)));
  await releaseEmptyEnvironments(
    client,
    ids(endings.filter((one) => !one.succeeded && one.kind === "create")),
  );
}

function eventsOf({ runId, environmentId, projectId, status }: Ending) {
  const topics: Topic[] = [`run:${runId}`, `environment:${environmentId}`];
  if (projectId) topics.push(`project:${projectId}`);
  return topics.map((topic) => ({ topic, kind: "run.ended", payload: { runId, status } }));
}

/**
 * The result for whoever asked; for what Rostrum did by itself only what the owner must know: that it is destroyed, or
 * that it failed. Healing has incidents for that.
 */
function noticesOf(ending: Ending): NotificationEvent[] {
  const { requesterId, ownerId, environmentName, kind, status, succeeded, error } = ending;
  const there = succeeded && kind !== "destroy";
  const about = {
    title: endWords(kind, environmentName, status),
    body: error?.message ?? "",
    environmentId: ending.environmentId,
    href: there ? `/environments/${ending.environmentId}` : `/runs/${ending.runId}`,
  };
  const told: NotificationEvent[] = isDestroyed(ending)
    ? [{ ...about, kind: "environment.destroyed", subjectId: ownerId, actorId: requesterId }]
    : [];
  if (requesterId) told.push({ ...about, kind: resultOf(ending), subjectId: requesterId });
  else if (!succeeded && kind !== "heal") told.push({ ...about, kind: resultOf(ending), subjectId: ownerId });
  return told;
}

function resultOf({ kind, status, succeeded }: Ending): NotificationEvent["kind"] {
  if (succeeded)
    return kind === "create"
      ? "environment.ready"
      : kind === "restore"
        ? "restore.finished"
        : "run.succeeded";
  if (status === "cancelled") return "run.canceled";
  if (status === "unknown") return "run.needs-attention";
  return kind === "restore" ? "restore.failed" : "run.failed";
}
