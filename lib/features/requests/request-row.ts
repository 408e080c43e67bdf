import type { ClientBase } from "pg";
import { notFound } from "@/lib/kernel/errors";
import { query } from "@/lib/platform/db";
import type { RequestKind } from "./schema";

export interface PendingRow {
  id: string;
  kind: RequestKind;
  status: string;
  requesterId: string | null;
  projectId: string;
  environmentId: string;
  environmentName: string;
  payload: Record<string, unknown>;
  planId: string | null;
}

/** The columns of a `PendingRow`. */
export const requestRowSql = `SELECT q.id, q.kind::text AS kind, q.status::text AS status, q.requester_id AS "requesterId",
  q.project_id AS "projectId", q.environment_id AS "environmentId", e.name AS "environmentName", q.payload,
  q.plan_id AS "planId" FROM request q JOIN environment e ON e.id = q.environment_id`;

/** The row of a request. @throws AppError not_found */
export async function getRequestRow(requestId: string): Promise<PendingRow> {
  const [row] = await query<PendingRow>(`${requestRowSql} WHERE q.id = $1`, [requestId], {
    name: "request_row",
  });
  if (!row) throw notFound("The request");
  return row;
}

/**
 * Locks the environment of a request before the request itself is moved. Every writer takes project, environment, request
 * in this order, so that a decision and the end of a run never wait for each other.
 */
export async function lockEnvironmentOf(client: ClientBase, row: PendingRow): Promise<void> {
  await client.query({
    name: "request_lock_environment_row",
    text: "SELECT 1 FROM environment WHERE id = $1 FOR UPDATE",
    values: [row.environmentId],
  });
}
