import { requestCancel } from "@/lib/engine/run";
import { notify } from "@/lib/features/notifications";
import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission, systemActor } from "@/lib/platform/auth";
import { query, withSqlTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { enqueue } from "@/lib/platform/queue";
import { abandon } from "./decide";
import { getRequestRow, lockEnvironmentOf, type PendingRow, requestRowSql } from "./request-row";
import { endLeftoverRequests } from "./waiting";

/**
 * Cancels a request: a pending one immediately, a running one by canceling its run.
 * @throws AppError not_found, forbidden, conflict when it has ended
 */
export async function cancelRequest(actor: Actor, requestId: string): Promise<{ status: string }> {
  const row = await getRequestRow(requestId);
  requirePermission(actor, "request.cancel", {
    projectId: row.projectId,
    what: "The request",
    objectType: "request",
    objectId: row.id,
  });
  const result = await withSqlTransaction(async (client) => {
    await lockEnvironmentOf(client, row);
    const moved = await client.query(
      `UPDATE request SET status = 'cancelled', finished_at = now() WHERE id = $1 AND status = 'pending_approval'`,
      [row.id],
    );
    const waiting = moved.rowCount === 1;
    const found = await client.query<{ runId: string | null }>(
      `SELECT run_id AS "runId" FROM request WHERE id = $1`,
      [row.id],
    );
    const runId = found.rows[0]?.runId ?? null;
    if (waiting) await abandon(client, row);
    else if (!runId || !(await requestCancel(client, runId, actor.userId))) {
      throw new AppError("conflict", "This request is already finished.");
    }
    await publishEvent(client, `request:${row.id}`, "request.cancelled", {});
    await publishEvent(client, `project:${row.projectId}`, "request.cancelled", { requestId: row.id });
    if (waiting) {
      await notify(client, {
        kind: "request.canceled",
        subjectId: row.requesterId,
        actorId: actor.userId,
        projectId: row.projectId,
        title: `${row.environmentName}: request canceled`,
        body: `Canceled by ${actor.name}.`,
        href: `/requests/${row.id}`,
      });
    }
    await recordAudit(client, {
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

/** Ends requests that nobody can or did decide; called by housekeeping. @returns how many */
export async function expireRequests(): Promise<number> {
  let ended = await endLeftoverRequests();
  const due = await query<PendingRow>(
    `${requestRowSql} WHERE q.status = 'pending_approval' AND q.expires_at < now() LIMIT 500`,
  );
  for (const row of due) {
    await withSqlTransaction(async (client) => {
      await lockEnvironmentOf(client, row);
      const moved = await client.query(
        `UPDATE request SET status = 'expired', finished_at = now(), message = 'Expired without a decision.'
         WHERE id = $1 AND status = 'pending_approval'`,
        [row.id],
      );
      if (moved.rowCount !== 1) return;
      ended += 1;
      await abandon(client, row);
      await publishEvent(client, `request:${row.id}`, "request.expired", {});
      await notify(client, {
        kind: "request.expired",
        subjectId: row.requesterId,
        projectId: row.projectId,
        title: `${row.environmentName}: request expired`,
        body: "Expired without a decision. Submit a new request if you still need it.",
        href: `/requests/${row.id}`,
      });
      await recordAudit(client, {
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
