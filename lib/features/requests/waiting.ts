import type { ClientBase } from "pg";
import { type NotificationEvent, notify } from "@/lib/features/notifications";
import { releaseReservation } from "@/lib/features/quotas";
import { canonicalJson } from "@/lib/kernel/canonical";
import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { query, withSqlTransaction } from "@/lib/platform/db";

/**
 * Refuses a change that another pending request asks for already: two tabs or two people would otherwise have it decided,
 * and with some kinds carried out, twice. The caller holds the environment's lock.
 * @throws AppError conflict with `detail.request`, the id of the pending one
 */
export async function requireNotPending(
  client: ClientBase,
  asked: { environmentId: string; kind: string; payload: object },
): Promise<void> {
  const { rows } = await client.query<{ id: string; payload: Record<string, unknown> }>({
    name: "request_pending_same",
    text: `SELECT id, payload FROM request
     WHERE environment_id = $1 AND kind = $2::request_kind AND status = 'pending_approval' ORDER BY created_at`,
    values: [asked.environmentId, asked.kind],
  });
  const same = rows.find((row) => isSameChange(row.payload, asked.payload as Record<string, unknown>));
  if (!same) return;
  throw new AppError("conflict", "The same change is already pending approval.", {
    detail: { request: same.id },
  });
}

/** Whether both do the same to an environment. Values of secrets are sealed, so nobody can say it of those. */
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

interface WaitingRow {
  id: string;
  requesterId: string | null;
  projectId: string;
  environmentId: string;
  environmentName: string;
}

const gone = "The environment was destroyed.";

/**
 * Cancels what is pending for environments that were destroyed, in the transaction that destroyed them: nobody can decide
 * it any more. Frees what it reserved and tells the requesters. @returns how many requests
 */
export async function endPendingRequests(
  client: ClientBase,
  environmentIds: readonly string[],
): Promise<number> {
  if (environmentIds.length === 0) return 0;
  const { rows } = await client.query<WaitingRow>({
    name: "requests_end_pending",
    text: `
      UPDATE request q SET status = 'cancelled', finished_at = now(), message = $2
      FROM environment e
      WHERE e.id = q.environment_id AND q.environment_id = ANY($1) AND q.status = 'pending_approval'
      RETURNING q.id, q.requester_id AS "requesterId", q.project_id AS "projectId",
        q.environment_id AS "environmentId", e.name AS "environmentName"`,
    values: [environmentIds, gone],
  });
  for (const row of rows) await releaseReservation(client, row.id);
  const live = rows.flatMap(({ id, projectId, environmentId }) =>
    ([`request:${id}`, `project:${projectId}`, `environment:${environmentId}`] as const).map((topic) => ({
      topic,
      kind: "request.cancelled",
      payload: { requestId: id },
    })),
  );
  await notify(client, rows.map(noticeOf), live);
  for (const { id, projectId } of rows) {
    await recordAudit(client, {
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

const noticeOf = ({ id, requesterId, projectId, environmentName }: WaitingRow): NotificationEvent => ({
  kind: "request.canceled",
  subjectId: requesterId,
  projectId,
  title: `${environmentName}: request canceled`,
  body: gone,
  href: `/requests/${id}`,
});

/** Requests that an earlier version left pending for destroyed environments. @returns how many it ended */
export async function endLeftoverRequests(): Promise<number> {
  const left = await query<{ id: string }>(
    `SELECT DISTINCT e.id FROM request q JOIN environment e ON e.id = q.environment_id
     WHERE q.status = 'pending_approval' AND e.destroyed_at IS NOT NULL LIMIT 500`,
  );
  if (left.length === 0) return 0;
  return await withSqlTransaction((client) =>
    endPendingRequests(
      client,
      left.map((row) => row.id),
    ),
  );
}
