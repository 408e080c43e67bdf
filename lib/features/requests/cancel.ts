import { requestCancel } from "@/lib/engine/run/postgres";
import { lockEnvironment } from "@/lib/features/environments";
import { notify } from "@/lib/features/notifications";
import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission, systemActor } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { enqueue } from "@/lib/platform/queue";
import { abandon } from "./decide";
import { endPending, findRunOf, getRequestRow, listDueRequests } from "./store";
import { endLeftoverRequests } from "./waiting";

/**
 * Cancels a request: a pending one immediately, a running one by canceling its run.
 * @throws AppError not_found, forbidden, conflict when it has ended
 */
export async function cancelRequest(
  actor: Actor,
  requestId: string,
): Promise<{ status: "cancelled" | "canceling" }> {
  const row = await getRequestRow(requestId);
  requirePermission(actor, "request.cancel", {
    projectId: row.projectId,
    what: "The request",
    objectType: "request",
    objectId: row.id,
  });
  const result = await inTransaction(async (tx) => {
    await lockEnvironment(tx, row.environmentId);
    const waiting = await endPending(tx, row.id, { status: "cancelled" });
    const runId = await findRunOf(row.id, tx);
    if (waiting) await abandon(tx, row);
    else if (!runId || !(await requestCancel(tx.client, runId, actor.userId))) {
      throw new AppError("conflict", "This request is already finished.");
    }
    await publishEvent(tx, `request:${row.id}`, "request.cancelled", {});
    await publishEvent(tx, `project:${row.projectId}`, "request.cancelled", { requestId: row.id });
    if (waiting) {
      await notify(tx, {
        kind: "request.canceled",
        subjectId: row.requesterId,
        actorId: actor.userId,
        projectId: row.projectId,
        title: `${row.environmentName}: request canceled`,
        body: `Canceled by ${actor.name}.`,
        href: `/requests/${row.id}`,
      });
    }
    await recordAudit(tx, {
      actor,
      action: "request.cancel",
      objectType: "request",
      objectId: row.id,
      projectId: row.projectId,
    });
    return { waiting, runId };
  });
  if (!result.waiting && result.runId) await enqueue("runs.wake", { runId: result.runId });
  return { status: result.waiting ? "cancelled" : "canceling" };
}

/** Ends requests that no one can or did decide; called by housekeeping. @returns how many */
export async function expireRequests(): Promise<number> {
  let ended = await endLeftoverRequests();
  const due = await listDueRequests(500);
  for (const row of due) {
    await inTransaction(async (tx) => {
      await lockEnvironment(tx, row.environmentId);
      const message = "Expired without a decision.";
      if (!(await endPending(tx, row.id, { status: "expired", message }))) return;
      ended += 1;
      await abandon(tx, row);
      await publishEvent(tx, `request:${row.id}`, "request.expired", {});
      await notify(tx, {
        kind: "request.expired",
        subjectId: row.requesterId,
        projectId: row.projectId,
        title: `${row.environmentName}: request expired`,
        body: "Expired without a decision. Submit a new request if you still need it.",
        href: `/requests/${row.id}`,
      });
      await recordAudit(tx, {
        actor: systemActor("expiry"),
        action: "request.expire",
        objectType: "request",
        objectId: row.id,
        projectId: row.projectId,
      });
    });
  }
  return ended;
}
