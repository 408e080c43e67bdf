import { type NotificationEvent, notify } from "@/lib/features/notifications";
import { releaseReservation } from "@/lib/features/quotas";
import { canonicalJson } from "@/lib/kernel/canonical";
import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { RequestKind } from "./schema";
import { cancelPendingOf, type EndedRow, listLeftoverEnvironments, listPendingOf } from "./store";

/**
 * Refuses a change that another pending request asks for already: two tabs or two people would otherwise have it decided,
 * and with some kinds carried out, twice. The caller holds the environment's lock.
 * @throws AppError conflict with `detail.request`, the id of the pending one
 */
export async function requireNotPending(
  tx: Tx,
  asked: { environmentId: string; kind: RequestKind; payload: object },
): Promise<void> {
  const rows = await listPendingOf(asked.environmentId, asked.kind, tx);
  const same = rows.find((row) => isSameChange(row.payload, asked.payload as Record<string, unknown>));
  if (!same) return;
  throw new AppError("conflict", "The same change is already pending approval.", {
    detail: { request: same.id },
  });
}

/** Whether both do the same to an environment. Values of secrets are sealed, so no one can say it of those. */
export function isSameChange(left: Record<string, unknown>, right: Record<string, unknown>): boolean {
  if (givesSecrets(left) || givesSecrets(right)) return false;
  return canonicalJson(effectOf(left)) === canonicalJson(effectOf(right));
}

const givesSecrets = ({ secretParameters }: Record<string, unknown>) =>
  Array.isArray(secretParameters) && secretParameters.length > 0;

/** With or without a safety backup an environment is destroyed only once. */
function effectOf({ secretParameters: _, safetyBackup: __, ...payload }: Record<string, unknown>): object {
  return payload;
}

const gone = "The environment was destroyed.";

/**
 * Cancels what is pending for environments that were destroyed, in the transaction that destroyed them: no one can decide
 * it any more. Frees what it reserved and tells the requesters. @returns how many requests
 */
export async function endPendingRequests(tx: Tx, environmentIds: readonly string[]): Promise<number> {
  if (environmentIds.length === 0) return 0;
  const rows = await cancelPendingOf(tx, environmentIds, gone);
  for (const row of rows) await releaseReservation(tx, row.id);
  const live = rows.flatMap(({ id, projectId, environmentId }) =>
    ([`request:${id}`, `project:${projectId}`, `environment:${environmentId}`] as const).map((topic) => ({
      topic,
      kind: "request.cancelled",
      payload: { requestId: id },
    })),
  );
  await notify(tx, rows.map(noticeOf), live);
  for (const { id, projectId } of rows) {
    await recordAudit(tx, {
      actor: systemActor("environment destroyed"),
      action: "request.cancel",
      objectType: "request",
      objectId: id,
      projectId,
      detail: { reason: gone },
    });
  }
  return rows.length;
}

const noticeOf = ({ id, requesterId, projectId, environmentName }: EndedRow): NotificationEvent => ({
  kind: "request.canceled",
  subjectId: requesterId,
  projectId,
  title: `${environmentName}: request canceled`,
  body: gone,
  href: `/requests/${id}`,
});

/** Requests that an earlier version left pending for destroyed environments. @returns how many it ended */
export async function endLeftoverRequests(): Promise<number> {
  const left = await listLeftoverEnvironments(500);
  if (left.length === 0) return 0;
  return await inTransaction((tx) => endPendingRequests(tx, left));
}
