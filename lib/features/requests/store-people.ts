import { notificationRows } from "@/lib/features/notifications/joins";
import type { EventKind } from "@/lib/features/notifications/schema";
import { memberRows } from "@/lib/features/projects/joins";
import { userRows } from "@/lib/features/users/joins";
import { permissions } from "@/lib/kernel/permissions";
import { anyOf, rowsOf, statements } from "@/lib/platform/db";

/** What requests read of users. */

/** Approvers by name: whether they decide as members of the project, and when they were first told of a request. */
export async function listToldApprovers(asked: {
  userIds: readonly string[];
  projectId: string;
  since: Date;
  /** Of the notification. */
  kind: EventKind;
  href: string;
}) {
  const approvers = statements
    .selectFrom(userRows.as("u"))
    .select(["u.id", "u.name"])
    .select((eb) => [
      eb
        .exists(
          eb
            .selectFrom(memberRows.as("m"))
            .select(eb.lit(1).as("one"))
            .where("m.project_id", "=", asked.projectId)
            .whereRef("m.user_id", "=", "u.id")
            .where("m.role", "in", [...permissions["request.decide"].project]),
        )
        .as("isMember"),
      eb
        .selectFrom(notificationRows.as("n"))
        .select((min) => min.fn.min("n.created_at").as("at"))
        .whereRef("n.user_id", "=", "u.id")
        .where("n.created_at", ">=", asked.since)
        .where("n.kind", "=", asked.kind)
        .where("n.href", "=", asked.href)
        .as("notifiedAt"),
    ])
    .where("u.id", "=", anyOf(asked.userIds))
    .orderBy("u.name")
    .orderBy("u.id");
  return await rowsOf(approvers);
}
