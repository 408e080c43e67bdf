import type { RunStatus } from "@/lib/engine/run";
import { type NotificationEvent, notify } from "@/lib/features/notifications";
import { releaseEmptyEnvironments, releaseEnvironments } from "@/lib/features/quotas";
import { endPendingRequests } from "@/lib/features/requests";
import { operationOf, type RequestStatus } from "@/lib/features/requests/schema";
import type { Tx } from "@/lib/platform/db";
import type { Topic } from "@/lib/platform/events";
import { moduleLog } from "@/lib/platform/log";
import { scheduleDestroyRetries } from "./destroy-retry";
import { deleteDroppedSecrets } from "./dropped-secrets";
import { endRequests, updateEnvironments } from "./ended.sql";
import { type Outcome, outputsAfter, type StoredOutputs } from "./outputs";
import { endWords } from "./schema";
import { type Facts, listFacts } from "./store";
import { markUnfinished, statusesAfterFailures } from "./unfinished";

export interface RunOutcome {
  runId: string;
  environmentId: string;
  status: RunStatus;
  /** What the run's owner knows of the environment now. */
  outcome: Outcome | undefined;
}

type Ending = RunOutcome & Facts & { succeeded: boolean };

/**
 * What follows from the end of runs: the environment's status and outputs, the request's end, capacity that is free
 * again, and a word to the requester. In the transaction that records the ends. Runs that end together share the
 * statements.
 */
export async function settleEnds(tx: Tx, ended: readonly RunOutcome[]): Promise<void> {
  const facts = await readFacts(
    tx,
    ended.map((one) => one.runId),
  );
  const endings = ended.flatMap((one): Ending[] => {
    const known = facts.get(one.runId);
    return known ? [{ ...one, ...known, succeeded: one.status === "succeeded" }] : [];
  });
  const outputs = outputsAfter(endings.filter((one) => one.succeeded && one.kind !== "destroy"));
  await settleEnvironments(tx, endings, outputs);
  await deleteDroppedSecrets(tx, endings.flatMap(changedVersion));
  const settled = await settleRequests(tx, endings);
  await freeCapacity(tx, endings);
  const retried = await scheduleDestroyRetries(
    tx,
    endings.filter((one) => !one.succeeded),
  );
  const settledEndings = endings.filter((one) => settled.has(one.requestId ?? ""));
  const notices = settledEndings.flatMap((one) => noticesOf(one, retried.has(one.environmentId)));
  await notify(tx, notices, endings.flatMap(eventsOf));
  await endPendingRequests(
    tx,
    endings.filter(isDestroyed).map((one) => one.environmentId),
  );
}

const isDestroyed = ({ succeeded, kind }: Ending) => succeeded && kind === "destroy";

/** An environment that is now what its version says. */
function changedVersion({ environmentId, kind, succeeded, outcome }: Ending) {
  if (!succeeded || kind !== "update" || !outcome) return [];
  return [{ environmentId, manifest: outcome.context.inputs.manifest }];
}

async function readFacts(tx: Tx, runIds: readonly string[]): Promise<Map<string, Facts>> {
  const rows = await listFacts(tx, runIds);
  return new Map(rows.map((row) => [row.runId, row]));
}

async function settleEnvironments(
  tx: Tx,
  endings: readonly Ending[],
  outputs: ReadonlyMap<string, StoredOutputs>,
): Promise<void> {
  const failures = endings.filter((one) => !one.succeeded && !operationOf(one.kind).besideChanges);
  await markUnfinished(tx, failures);
  const statuses = await statusesAfterFailures(tx, failures);
  const rows = endings.flatMap(({ environmentId, runId, kind, succeeded }) => {
    const { besideChanges, statusAfter: goal } = operationOf(kind);
    if (!succeeded && besideChanges) return [];
    const status = succeeded ? goal : (statuses.get(environmentId) ?? "failed");
    const made = outputs.get(environmentId);
    const outputsMade = { outputs: made?.visible ?? null, sealed: made?.sealed ?? null };
    return [{ id: environmentId, run: runId, status, succeeded, ...outputsMade }];
  });
  if (rows.length === 0) return;
  const written = new Set((await updateEnvironments(tx, rows)).map((row) => row.id));
  const left = rows.filter((row) => !written.has(row.id));
  // Their cloud was deleted while the runs were under way.
  if (left.length > 0) moduleLog("runs").warn({ left }, "Runs ended whose environments had ended before");
}

/** @returns ids of the requests whose end this is; the others had ended before */
async function settleRequests(tx: Tx, endings: readonly Ending[]): Promise<Set<string>> {
  const rows = endings.flatMap(({ requestId, status, error }) => {
    if (!requestId) return [];
    const next: RequestStatus = status === "succeeded" || status === "cancelled" ? status : "failed";
    return [{ id: requestId, status: next, message: status === "succeeded" ? "" : (error?.message ?? "") }];
  });
  if (rows.length === 0) return new Set();
  const moved = await endRequests(tx, rows);
  return new Set(moved.map((row) => row.id));
}

/** A failed creation that left nothing behind holds no capacity; what exists is counted until it is gone. */
async function freeCapacity(tx: Tx, endings: readonly Ending[]): Promise<void> {
  const ids = (some: readonly Ending[]) => some.map((one) => one.environmentId);
  await releaseEnvironments(tx, ids(endings.filter(isDestroyed)));
  await releaseEmptyEnvironments(tx, ids(endings.filter((one) => !one.succeeded && one.kind === "create")));
}

function eventsOf({ runId, environmentId, projectId, status }: Ending) {
  const topics: Topic[] = [`run:${runId}`, `environment:${environmentId}`];
  if (projectId) topics.push(`project:${projectId}`);
  return topics.map((topic) => ({ topic, kind: "run.ended", payload: { runId, status } }));
}

/**
 * The result for the requester; for what Rostrum did by itself only what the owner must know: that it is destroyed, or
 * that it failed. Healing has incidents for that, and a destruction that is retried says it once.
 */
function noticesOf(ending: Ending, retried: boolean): NotificationEvent[] {
  const { requesterId, ownerId, environmentName, kind, status, succeeded, error } = ending;
  const there = succeeded && kind !== "destroy";
  const about = {
    title: endWords(kind, environmentName, status),
    body: [error?.message, retried && "Rostrum retries until everything is deleted."]
      .filter(Boolean)
      .join(" "),
    environmentId: ending.environmentId,
    href: there ? `/environments/${ending.environmentId}` : `/runs/${ending.runId}`,
  };
  const told: NotificationEvent[] = isDestroyed(ending)
    ? [{ ...about, kind: "environment.destroyed", subjectId: ownerId, actorId: requesterId }]
    : [];
  if (requesterId) told.push({ ...about, kind: resultOf(ending), subjectId: requesterId });
  else if (!succeeded && operationOf(kind).tellsOwnerOfFailure && !ending.again)
    told.push({ ...about, kind: resultOf(ending), subjectId: ownerId });
  return told;
}

function resultOf({ kind, status, succeeded }: Ending): NotificationEvent["kind"] {
  const { notices } = operationOf(kind);
  if (succeeded) return notices.succeeded;
  if (status === "cancelled") return "run.canceled";
  if (status === "unknown") return "run.needs-attention";
  return notices.failed;
}
