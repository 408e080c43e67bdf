import { userRows } from "@/lib/features/users/joins";
import type { ProjectRole } from "@/lib/kernel/permissions";
import { rowOf, rowsOf, statements, type Tx } from "@/lib/platform/db";
import type { MemberDto } from "./schema";

interface Membership {
  projectId: string;
  userId: string;
  role: ProjectRole;
}

const members = statements
  .selectFrom("project_member as m")
  .innerJoin(userRows.as("u"), "u.id", "m.user_id")
  .select((eb) => [
    "m.user_id as userId",
    "u.name",
    "u.email",
    "m.role",
    eb("u.disabled_at", "is not", null).$castTo<boolean>().as("disabled"),
    "m.created_at as since",
  ])
  .orderBy("u.name")
  .orderBy("u.id")
  .limit(1_000);

/** A project's members by name. */
export async function listMembersOf(projectId: string): Promise<MemberDto[]> {
  const rows = await rowsOf(members.where("m.project_id", "=", projectId));
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
}

/** A new member. Throws when the user is one already. */
export async function insertMember(tx: Tx, member: Membership): Promise<void> {
  await tx.prisma.projectMember.create({ data: member });
}

/** Gives a member another role; false when the user is no member. */
export async function changeRole(tx: Tx, { projectId, userId, role }: Membership): Promise<boolean> {
  const { count } = await tx.prisma.projectMember.updateMany({
    where: { projectId, userId },
    data: { role },
  });
  return count > 0;
}

/** Ends a membership; false when the user is no member. */
export async function deleteMember(tx: Tx, member: Omit<Membership, "role">): Promise<boolean> {
  const { projectId, userId } = member;
  const { count } = await tx.prisma.projectMember.deleteMany({ where: { projectId, userId } });
  return count > 0;
}

/** A user's role in a project, which is not changed until the transaction ends; null for a user who is no member. */
export async function lockRole(tx: Tx, projectId: string, userId: string): Promise<ProjectRole | null> {
  const member = statements
    .selectFrom("project_member")
    .select("role")
    .where("project_id", "=", projectId)
    .where("user_id", "=", userId)
    .forShare();
  return (await rowOf(member, tx))?.role ?? null;
}

/** A project's name, and a user's role in it where there is one. */
export async function findRoleIn(
  tx: Tx,
  projectId: string,
  userId: string,
): Promise<{ project: string; role: ProjectRole | null } | null> {
  const members = { where: { userId }, select: { role: true } };
  const row = await tx.prisma.project.findUnique({
    where: { id: projectId },
    select: { name: true, members },
  });
  return row && { project: row.name, role: row.members[0]?.role ?? null };
}
