import type { ClientBase } from "pg";
import { notify } from "@/lib/features/notifications";
import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, refused, requirePermission } from "@/lib/platform/auth";
import { withSqlTransaction } from "@/lib/platform/db";
import { publishEvents } from "@/lib/platform/events";
import { canTransfer } from "./can-transfer";
import { type EnvironmentRow, getEnvironmentRow } from "./context";
import { getEnvironment } from "./detail";
import type { EnvironmentDetail } from "./schema";

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
  await withSqlTransaction((client) => write(client, actor, row, owner));
  return await getEnvironment(actor, environmentId);
}

async function write(
  client: ClientBase,
  actor: Actor,
  row: EnvironmentRow,
  ownerGiven: string,
): Promise<void> {
  const next = await lockCandidate(client, row.projectId, ownerGiven);
  if (next.id === row.ownerId) throw notAccepted(`${next.name} already owns this environment.`);
  const moved = await client.query(
    `UPDATE environment SET owner_id = $3, updated_at = now()
     WHERE id = $1 AND owner_id = $2 AND status <> 'destroyed'`,
    [row.id, row.ownerId, next.id],
  );
  if (moved.rowCount === 0) {
    throw new AppError("conflict", "The environment was destroyed or its owner changed. Try again.");
  }
  const payload = { environmentId: row.id };
  await publishEvents(client, [
    { topic: `environment:${row.id}`, kind: "environment.transferred", payload },
    { topic: `project:${row.projectId}`, kind: "environment.transferred", payload },
  ]);
  await recordAudit(client, {
    actor,
    action: "environment.transfer",
    objectType: "environment",
    objectId: row.id,
    projectId: row.projectId,
    detail: { name: row.name, from: row.ownerId, to: next.id },
  });
  if (next.id === actor.userId) return;
  await notify(client, {
    subjectId: next.id,
    actorId: actor.userId,
    kind: "environment.transferred",
    title: `${row.name}: you’re now the owner`,
    body: "You’re charged for its usage from this hour on and receive its notifications.",
    href: `/environments/${row.id}`,
    environmentId: row.id,
  });
}

/** The new owner, who stays an enabled member until the transaction ends. */
async function lockCandidate(
  client: ClientBase,
  projectId: string,
  idOrEmail: string,
): Promise<{ id: string; name: string }> {
  const { rows } = await client.query<{ id: string; name: string; role: string }>(
    `SELECT u.id, u.name, m.role::text AS role FROM app_user u JOIN project_member m ON m.user_id = u.id
     WHERE (u.id = $2 OR u.email = lower($2)) AND u.disabled_at IS NULL AND m.project_id = $1 FOR SHARE`,
    [projectId, idOrEmail],
  );
  const [found] = rows;
  if (!found) throw notAccepted("Choose an enabled member of the project.");
  if (!owningRoles.includes(found.role)) {
    throw notAccepted(`Choose an owner or developer of the project. ${found.name} is ${found.role}.`);
  }
  return found;
}

function notAccepted(message: string): AppError {
  return new AppError("validation_failed", message, { problems: [{ path: "owner", message }] });
}
