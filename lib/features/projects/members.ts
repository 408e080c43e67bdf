import type { AuditAction } from "@/lib/kernel/audit-actions";
import { AppError, notFound } from "@/lib/kernel/errors";
import type { ProjectRole } from "@/lib/kernel/permissions";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { isUniqueViolation } from "@/lib/platform/db/errors";
import { publishEvent } from "@/lib/platform/events";
import { listMembers, resolveProjectId } from "./queries";
import type { MemberDto } from "./schema";
import { userIdOf } from "./service";
import { changeRole, deleteMember, insertMember } from "./store-members";

/** Adds a person to a project. @throws AppError `conflict` for someone who is a member already */
export async function addMember(
  actor: Actor,
  idOrSlug: string,
  input: { user: string; role: ProjectRole },
): Promise<MemberDto> {
  const projectId = await requireManager(actor, idOrSlug);
  const userId = await userIdOf(input.user);
  try {
    await change(actor, projectId, userId, "project.member.add", { role: input.role }, (tx) =>
      insertMember(tx, { projectId, userId, role: input.role }),
    );
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError("conflict", "This user is already a member.", { cause: error });
  }
  const member = (await listMembers(actor, projectId)).find((one) => one.userId === userId);
  if (!member) throw notFound("The member");
  return member;
}

/** Gives a member another role. */
export async function setMemberRole(
  actor: Actor,
  idOrSlug: string,
  userId: string,
  role: ProjectRole,
): Promise<void> {
  const projectId = await requireManager(actor, idOrSlug);
  await change(actor, projectId, userId, "project.member.role", { role }, async (tx) => {
    if (!(await changeRole(tx, { projectId, userId, role }))) throw notFound("The member");
  });
}

/** Takes a person out of a project. */
export async function removeMember(actor: Actor, idOrSlug: string, userId: string): Promise<void> {
  const projectId = await requireManager(actor, idOrSlug);
  await change(actor, projectId, userId, "project.member.remove", {}, async (tx) => {
    if (!(await deleteMember(tx, { projectId, userId }))) throw notFound("The member");
  });
}

async function requireManager(actor: Actor, idOrSlug: string): Promise<string> {
  const projectId = await resolveProjectId(actor, idOrSlug);
  requirePermission(actor, "member.manage", { projectId, objectType: "project", objectId: projectId });
  return projectId;
}

async function change(
  actor: Actor,
  projectId: string,
  userId: string,
  action: AuditAction,
  detail: Record<string, unknown>,
  write: (tx: Tx) => Promise<void>,
): Promise<void> {
  await inTransaction(async (tx) => {
    await write(tx);
    await publishEvent(tx, `project:${projectId}`, "project.members");
    // Open streams of the person are checked again with the new roles.
    await publishEvent(tx, `user:${userId}`, "access.changed");
    await recordAudit(tx, {
      actor,
      action,
      objectType: "project",
      objectId: projectId,
      projectId,
      detail: { userId, ...detail },
    });
  });
}
