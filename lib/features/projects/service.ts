import { findEnabledUserId } from "@/lib/features/users";
import type { AuditAction } from "@/lib/kernel/audit-actions";
import { AppError, notFound } from "@/lib/kernel/errors";
import { formatCount } from "@/lib/kernel/format";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { isUniqueViolation } from "@/lib/platform/db/errors";
import { publishEvent } from "@/lib/platform/events";
import { getProject } from "./queries";
import type { ProjectCreate, ProjectDto, ProjectUpdate } from "./schema";
import { changeProject, countLivingEnvironments, insertProject, lockProject } from "./store";
import { changeCostCenter, findCostCenterId, insertCostCenter } from "./store-cost-centers";
import { insertMember } from "./store-members";

/** A new project. @throws AppError `conflict` when the slug is taken, `validation_failed` for unknown references */
export async function createProject(actor: Actor, input: ProjectCreate): Promise<ProjectDto> {
  requirePermission(actor, "project.manage");
  const { costCenter, owner, ...data } = input;
  const id = newId("project");
  const costCenterId = await costCenterIdOf(costCenter);
  const ownerId = owner === undefined ? null : await userIdOf(owner, "owner");
  try {
    await inTransaction(async (tx) => {
      await insertProject(tx, { ...data, id, costCenterId });
      if (ownerId) await insertMember(tx, { projectId: id, userId: ownerId, role: "owner" });
      await recordAudit(tx, {
        actor,
        action: "project.create",
        objectType: "project",
        objectId: id,
        projectId: id,
        detail: input,
      });
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const message = "This slug is already in use.";
    throw new AppError("conflict", message, { problems: [{ path: "slug", message }], cause: error });
  }
  return await getProject(actor, id);
}

/** Changes a project's names, limits and state. @throws AppError `conflict` when environments still live in it */
export async function updateProject(
  actor: Actor,
  idOrSlug: string,
  change: ProjectUpdate,
): Promise<ProjectDto> {
  const { id } = await getProject(actor, idOrSlug);
  requirePermission(actor, "project.manage", { projectId: id, objectType: "project", objectId: id });
  const { costCenter, archived, ...rest } = change;
  const costCenterId = costCenter === undefined ? undefined : await costCenterIdOf(costCenter);
  await inTransaction(async (tx) => {
    await lockProject(tx, id);
    if (archived) await requireEmpty(tx, id);
    await changeProject(tx, id, {
      ...rest,
      ...(costCenterId !== undefined && { costCenterId }),
      ...(archived !== undefined && { archivedAt: archived ? new Date() : null }),
    });
    await publishEvent(tx, `project:${id}`, "project.updated");
    await recordAudit(tx, {
      actor,
      action: archived ? "project.archive" : "project.update",
      objectType: "project",
      objectId: id,
      projectId: id,
      detail: change,
    });
  });
  return await getProject(actor, id);
}

async function requireEmpty(tx: Tx, projectId: string): Promise<void> {
  const living = await countLivingEnvironments(projectId, tx);
  if (living > 0) {
    const what = formatCount(living, "environment still exists", "environments still exist");
    throw new AppError("conflict", `${what} in this project. Destroy ${living === 1 ? "it" : "them"} first.`);
  }
}

async function costCenterIdOf(idOrCode: string): Promise<string> {
  const id = await findCostCenterId(idOrCode);
  if (id !== null) return id;
  const message = `Cost center not found: ${idOrCode}.`;
  throw new AppError("validation_failed", message, { problems: [{ path: "costCenter", message }] });
}

/** The id of an enabled person by id or e-mail address. @throws AppError `validation_failed` */
export async function userIdOf(idOrEmail: string, path = "user"): Promise<string> {
  const id = await findEnabledUserId(idOrEmail);
  if (id !== null) return id;
  const message = `User not found: ${idOrEmail}.`;
  throw new AppError("validation_failed", message, { problems: [{ path, message }] });
}

/** A new cost center. @throws AppError `conflict` when the code is taken */
export async function createCostCenter(
  actor: Actor,
  input: { code: string; name: string; ownerId: string | null },
): Promise<{ id: string }> {
  requirePermission(actor, "cost-center.manage");
  const id = newId("costCenter");
  await writeCostCenter(actor, id, "cost-center.create", input, (tx) =>
    insertCostCenter(tx, { id, ...input }),
  );
  return { id };
}

/** Changes a cost center. @throws AppError `not_found`, `conflict` */
export async function updateCostCenter(
  actor: Actor,
  id: string,
  change: { code?: string | undefined; name?: string | undefined; ownerId?: string | null | undefined },
): Promise<void> {
  requirePermission(actor, "cost-center.manage", { objectType: "cost-center", objectId: id });
  const data = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  await writeCostCenter(actor, id, "cost-center.update", data, async (tx) => {
    if (!(await changeCostCenter(tx, id, data))) throw notFound("The cost center");
  });
}

async function writeCostCenter(
  actor: Actor,
  id: string,
  action: AuditAction,
  detail: Record<string, unknown>,
  write: (tx: Tx) => Promise<void>,
): Promise<void> {
  const ownerId = detail.ownerId;
  if (typeof ownerId === "string") await userIdOf(ownerId, "ownerId");
  try {
    await inTransaction(async (tx) => {
      await write(tx);
      await recordAudit(tx, { actor, action, objectType: "cost-center", objectId: id, detail });
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const message = "This code is already in use.";
    throw new AppError("conflict", message, { problems: [{ path: "code", message }], cause: error });
  }
}
