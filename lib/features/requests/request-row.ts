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
