import { findRecipients } from "@/lib/features/notifications";
import { permissions } from "@/lib/kernel/permissions";
import { getPool, query } from "@/lib/platform/db";
import type { Approvers } from "./schema";

interface Row {
  id: string;
  name: string;
  isMember: boolean;
  notifiedAt: Date | null;
}

/** Who can decide a waiting request now, by the chain that also tells them, and when the first of them was told. */
export async function findApprovers(request: {
  id: string;
  projectId: string;
  requesterId: string | null;
  createdAt: Date;
}): Promise<Approvers> {
  const kind = "request.approval-requested" as const;
  const { projectId, requesterId: subjectId } = request;
  const recipients = await findRecipients(getPool(), [{ kind, title: "", projectId, subjectId }]);
  const rows = await query<Row>(
    `SELECT u.id, u.name, EXISTS (SELECT 1 FROM project_member m
         WHERE m.project_id = $2 AND m.user_id = u.id AND m.role::text = ANY($3)) AS "isMember",
       (SELECT min(n.created_at) FROM notification n WHERE n.user_id = u.id AND n.created_at >= $4 AND n.kind = $5
          AND n.href = $6) AS "notifiedAt"
     FROM app_user u WHERE u.id = ANY($1) ORDER BY u.name, u.id`,
    [
      recipients.map((one) => one.userId),
      projectId,
      permissions["request.decide"].project,
      request.createdAt,
      kind,
      `/approvals/${request.id}`,
    ],
    { name: "request_approvers" },
  );
  const [first] = rows
    .flatMap((row) => row.notifiedAt ?? [])
    .sort((left, right) => left.getTime() - right.getTime());
  return {
    people: rows.map(({ id, name }) => ({ id, name })),
    administrators: rows.every((row) => !row.isMember),
    notifiedAt: first?.toISOString() ?? null,
  };
}
