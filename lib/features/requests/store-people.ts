import { sql } from "kysely";
import { permissions } from "@/lib/kernel/permissions";
import { anyOf, rowOf, rowsOf, statements, type Tx } from "@/lib/platform/db";

/** What requests read of users. */

/** A requester with the roles they have now. They are not changed until the transaction ends. */
export async function lockRequester(tx: Tx, userId: string, projectId: string) {
  const requester = statements
    .selectFrom("app_user as u")
    .innerJoin("project as p", (join) => join.on("p.id", "=", projectId))
    .leftJoin("project_member as m", (join) =>
      join.onRef("m.user_id", "=", "u.id").onRef("m.project_id", "=", "p.id"),
    )
    .select(["u.name", "u.org_role as orgRole", "m.role", "p.name as project"])
    .select(sql<boolean>`u.disabled_at is not null`.as("disabled"))
    .where("u.id", "=", userId)
    .forShare("u");
  return await rowOf(requester, tx);
}

/** Approvers by name: whether they decide as members of the project, and when they were first told of a request. */
export async function listToldApprovers(asked: {
  userIds: readonly string[];
  projectId: string;
  since: Date;
  /** Of the notification. */
  kind: string;
  href: string;
}) {
  const approvers = statements
    .selectFrom("app_user as u")
    .select(["u.id", "u.name"])
    .select((eb) => [
      eb
        .exists(
          eb
            .selectFrom("project_member as m")
            .select(eb.lit(1).as("one"))
            .where("m.project_id", "=", asked.projectId)
            .whereRef("m.user_id", "=", "u.id")
            .where("m.role", "in", [...permissions["request.decide"].project]),
        )
        .as("isMember"),
      eb
        .selectFrom("notification as n")
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
