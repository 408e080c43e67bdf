import { z } from "zod";
import { environmentRows } from "@/lib/features/environments/joins";
import { notFound } from "@/lib/kernel/errors";
import {
  anyOf,
  type Db,
  now,
  pooled,
  readOr,
  rowOf,
  rowsOf,
  statements,
  type Tx,
  writtenBy,
} from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import type { RequestKind, RequestStatus } from "./schema";
import { requestStates } from "./states";

/** What awaits a decision. */
const undecided = requestStates.before("approved");
/** What may run again. */
const stopped = requestStates.before("running").filter((status) => status !== "approved");

/** A request as decisions need it, with the name of its environment. */
export interface PendingRow {
  id: string;
  kind: RequestKind;
  status: RequestStatus;
  requesterId: string | null;
  projectId: string;
  environmentId: string;
  environmentName: string;
  payload: Record<string, unknown>;
  planId: string | null;
}

const pendingRows = statements
  .selectFrom("request as q")
  .innerJoin(environmentRows.as("e"), "e.id", "q.environment_id")
  .select([
    "q.id",
    "q.kind",
    "q.status",
    "q.requester_id as requesterId",
    "q.project_id as projectId",
    "q.environment_id as environmentId",
    "e.name as environmentName",
    "q.payload",
    "q.plan_id as planId",
  ]);

/** A damaged payload holds nothing: the request can still be seen, rejected and canceled. */
const asPending = <Row extends { id: string; payload: unknown }>(row: Row) => ({
  ...row,
  payload: readPayload(row.payload, row.id),
});

const payloadSchema = z.record(z.string(), z.unknown());

function readPayload(stored: unknown, requestId: string): Record<string, unknown> {
  return readOr(payloadSchema, stored, {}, () =>
    moduleLog("requests").warn({ request: requestId }, "the payload of a request can't be read"),
  );
}

/** The row of a request. @throws AppError not_found */
export async function getRequestRow(requestId: string): Promise<PendingRow> {
  const row = await rowOf(pendingRows.where("q.id", "=", requestId));
  if (!row) throw notFound("The request");
  return asPending(row);
}

/** Pending requests whose time to decide is over. */
export async function listDueRequests(limit: number): Promise<PendingRow[]> {
  const due = pendingRows.where("q.status", "in", undecided).where("q.expires_at", "<", now).limit(limit);
  return (await rowsOf(due)).map(asPending);
}

/** A request to be written. */
export interface NewRequest {
  id: string;
  kind: RequestKind;
  origin: "user" | "system";
  requesterId: string | null;
  projectId: string;
  environmentId: string;
  /** What was asked, without secrets. */
  payload: object;
  reason: string;
  /** Until when it may be decided; null for one that needs no approval. */
  pendingUntil: Date | null;
}

export async function insertRequest(tx: Tx, request: NewRequest): Promise<void> {
  const { pendingUntil } = request;
  const row = {
    id: request.id,
    kind: request.kind,
    origin: request.origin,
    requester_id: request.requesterId,
    project_id: request.projectId,
    environment_id: request.environmentId,
    payload: JSON.stringify(request.payload),
    reason: request.reason,
    status: pendingUntil ? ("pending_approval" as const) : ("approved" as const),
    expires_at: pendingUntil,
    decided_at: pendingUntil ? null : new Date(),
  };
  await writtenBy(statements.insertInto("request").values(row), tx);
}

/** Makes a plan the one that the request asks for. */
export async function setPlan(tx: Tx, requestId: string, planId: string): Promise<void> {
  await writtenBy(statements.updateTable("request").set({ plan_id: planId }).where("id", "=", requestId), tx);
}

/** An approved request has a run. @returns whether it was approved */
export async function setRun(tx: Tx, requestId: string, runId: string): Promise<boolean> {
  const update = statements
    .updateTable("request")
    .set({ status: requestStates.transition("approved", "running"), run_id: runId, decided_at: now })
    .where("id", "=", requestId)
    .where("status", "=", "approved");
  return (await writtenBy(update, tx)) === 1;
}

/** A request whose run was stopped and is resumed is running again. @returns whether it had stopped */
export async function resumeRequest(tx: Tx, requestId: string): Promise<boolean> {
  const update = statements
    .updateTable("request")
    .set({ status: "running", finished_at: null, message: "" })
    .where("id", "=", requestId)
    .where("status", "in", stopped);
  return (await writtenBy(update, tx)) === 1;
}

/** Holds a pending request until the transaction ends. @returns whether it is pending */
export async function lockPending(tx: Tx, requestId: string): Promise<boolean> {
  const lock = pendingOf(requestId).select("id").forNoKeyUpdate();
  return (await rowOf(lock, tx)) !== null;
}

const pendingOf = (requestId: string) =>
  statements.selectFrom("request").where("id", "=", requestId).where("status", "in", undecided);

/** The decision about a plan. */
export interface Decision {
  approved: boolean;
  planId: string;
  /** Why it was rejected. */
  message: string;
}

/** Records the decision about a pending request and the plan that was reviewed. @returns whether it was still that */
export async function decidePending(
  tx: Tx,
  requestId: string,
  { approved, planId, message }: Decision,
): Promise<boolean> {
  const decided = approved
    ? { status: "approved" as const, decided_at: now, message }
    : { status: "rejected" as const, decided_at: now, message, finished_at: now };
  const update = statements
    .updateTable("request")
    .set(decided)
    .where("id", "=", requestId)
    .where("status", "in", undecided)
    .where("plan_id", "=", planId);
  return (await writtenBy(update, tx)) === 1;
}

/** Ends a pending request without a decision. @returns whether it was pending */
export async function endPending(
  tx: Tx,
  requestId: string,
  end: { status: "cancelled" | "expired"; message?: string },
): Promise<boolean> {
  const update = statements
    .updateTable("request")
    .set({ ...end, finished_at: now })
    .where("id", "=", requestId)
    .where("status", "in", undecided);
  return (await writtenBy(update, tx)) === 1;
}

/** A request that ended together with its environment. */
export interface EndedRow {
  id: string;
  requesterId: string | null;
  projectId: string;
  environmentId: string;
  environmentName: string;
}

/** Cancels all pending requests of environments. */
export async function cancelPendingOf(
  tx: Tx,
  environmentIds: readonly string[],
  message: string,
): Promise<EndedRow[]> {
  const update = statements
    .updateTable("request as q")
    .from(environmentRows.as("e"))
    .set({ status: "cancelled", finished_at: now, message })
    .whereRef("e.id", "=", "q.environment_id")
    .where("q.environment_id", "=", anyOf(environmentIds))
    .where("q.status", "in", undecided)
    .returning([
      "q.id",
      "q.requester_id as requesterId",
      "q.project_id as projectId",
      "q.environment_id as environmentId",
      "e.name as environmentName",
    ]);
  return await rowsOf(update, tx);
}

/** Destroyed environments that requests are still pending for. */
export async function listLeftoverEnvironments(limit: number): Promise<string[]> {
  const left = statements
    .selectFrom("request as q")
    .innerJoin(environmentRows.as("e"), "e.id", "q.environment_id")
    .where("q.status", "in", undecided)
    .where("e.destroyed_at", "is not", null)
    .select("e.id")
    .distinct()
    .limit(limit);
  return (await rowsOf(left)).map((row) => row.id);
}

/** What is pending for an environment of one kind, the oldest first. */
export async function listPendingOf(
  environmentId: string,
  kind: RequestKind,
  db: Db,
): Promise<{ id: string; payload: Record<string, unknown> }[]> {
  const pending = statements
    .selectFrom("request")
    .select(["id", "payload"])
    .where("environment_id", "=", environmentId)
    .where("kind", "=", kind)
    .where("status", "in", undecided)
    .orderBy("created_at");
  return (await rowsOf(pending, db)).map(asPending);
}

/** The run of a request; null when it has none. */
export async function findRunOf(requestId: string, db: Db = pooled): Promise<string | null> {
  const request = await db.prisma.request.findUnique({ where: { id: requestId }, select: { runId: true } });
  return request?.runId ?? null;
}

/** The project of a request; null when there is no such request. */
export async function findProjectOfRequest(requestId: string): Promise<string | null> {
  const select = { projectId: true } as const;
  const request = await pooled.prisma.request.findUnique({ where: { id: requestId }, select });
  return request?.projectId ?? null;
}

/** Names of the secret parameters a request set. */
export async function listRequestSecrets(requestId: string): Promise<string[]> {
  const select = { payload: true } as const;
  const request = await pooled.prisma.request.findUnique({ where: { id: requestId }, select });
  if (!request) return [];
  const { secretParameters } = readPayload(request.payload, requestId);
  return Array.isArray(secretParameters) ? secretParameters.map(String) : [];
}
