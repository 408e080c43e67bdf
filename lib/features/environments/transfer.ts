import { notify } from "@/lib/features/notifications";
import { lockRole } from "@/lib/features/projects";
import { lockUser } from "@/lib/features/users";
import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, refused, requirePermission } from "@/lib/platform/auth";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { publishEvents } from "@/lib/platform/events";
import { canTransfer } from "./can-transfer";
import { getEnvironmentRow } from "./context";
import { getEnvironment } from "./detail";
import type { EnvironmentDetail } from "./schema";
import { changeOwner, type EnvironmentRow } from "./store";

/** Roles that may own an environment: those that may change it. */
const owningRoles = ["owner", "developer"];

/**
 * Gives an environment to another owner, who is told. Usage of the hour that runs is the new owner's.
 * @param owner id or email address of an enabled member of the project who may change environments
 * @throws AppError not_found, forbidden, conflict when it was destroyed or has another owner by now, validation_failed
 */
export async function transferEnvironment(
  actor: Actor,
  environmentId: string,
  owner: string,
): Promise<EnvironmentDetail> {
  const row = await getEnvironmentRow(environmentId);
  const target = {
    projectId: row.projectId,
    what: "The environment",
    objectType: "environment",
    objectId: row.id,
  };
  requirePermission(actor, "environment.transfer", target);
  if (!canTransfer(actor, row)) {
    const message = "Only the environment’s owner, owners of its project and administrators can transfer it.";
    throw await refused(actor, "environment.transfer", target, new AppError("forbidden", message));
  }
  await inTransaction((tx) => write(tx, actor, row, owner));
  return await getEnvironment(actor, environmentId);
}

async function write(tx: Tx, actor: Actor, row: EnvironmentRow, ownerGiven: string): Promise<void> {
  const next = await lockCandidate(tx, row.projectId, ownerGiven);
  if (next.id === row.ownerId) throw notAccepted(`${next.name} already owns this environment.`);
  const isMoved = await changeOwner(tx, row.id, { from: row.ownerId, to: next.id });
  if (!isMoved) {
    throw new AppError("conflict", "The environment was destroyed or its owner changed. Try again.");
  }
  const payload = { environmentId: row.id };
  await publishEvents(tx, [
    { topic: `environment:${row.id}`, kind: "environment.transferred", payload },
    { topic: `project:${row.projectId}`, kind: "environment.transferred", payload },
  ]);
  if (next.id !== actor.userId) {
    await notify(tx, {
      subjectId: next.id,
      actorId: actor.userId,
      kind: "environment.transferred",
      title: `${row.name}: you’re now the owner`,
      body: "You’re charged for its usage from this hour on and receive its notifications.",
      href: `/environments/${row.id}`,
      environmentId: row.id,
    });
  }
  await recordAudit(tx, {
    actor,
    action: "environment.transfer",
    objectType: "environment",
    objectId: row.id,
    projectId: row.projectId,
    detail: { name: row.name, from: row.ownerId, to: next.id },
  });
}

/** The new owner, who stays an enabled member until the transaction ends. */
async function lockCandidate(
  tx: Tx,
  projectId: string,
  idOrEmail: string,
): Promise<{ id: string; name: string }> {
  const user = await lockUser(tx, idOrEmail);
  const role = user && !user.disabled ? await lockRole(tx, projectId, user.id) : null;
  if (!user || !role) throw notAccepted("Choose an enabled member of the project.");
  if (!owningRoles.includes(role)) {
    throw notAccepted(`Choose an owner or developer of the project. ${user.name} is ${role}.`);
  }
  return user;
}

function notAccepted(message: string): AppError {
  return new AppError("validation_failed", message, { problems: [{ path: "owner", message }] });
}
