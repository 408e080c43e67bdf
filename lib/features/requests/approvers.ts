import { findRecipients } from "@/lib/features/notifications";
import { pooled } from "@/lib/platform/db";
import type { Approvers } from "./schema";
import { listToldApprovers } from "./store-people";

/** Who can decide a waiting request now, by the chain that also tells them, and when the first of them was told. */
export async function findApprovers(request: {
  id: string;
  projectId: string;
  requesterId: string | null;
  createdAt: Date;
}): Promise<Approvers> {
  const kind = "request.approval-requested" as const;
  const { projectId, requesterId: subjectId } = request;
  const recipients = await findRecipients(pooled, [{ kind, title: "", projectId, subjectId }]);
  const rows = await listToldApprovers({
    userIds: recipients.map((one) => one.userId),
    projectId,
    since: request.createdAt,
    kind,
    href: `/approvals/${request.id}`,
  });
  const [first] = rows
    .flatMap((row) => row.notifiedAt ?? [])
    .sort((left, right) => left.getTime() - right.getTime());
  return {
    people: rows.map(({ id, name }) => ({ id, name })),
    administrators: rows.every((row) => !row.isMember),
    notifiedAt: first?.toISOString() ?? null,
  };
}
