import { getEnvironmentRow, loadEnvironment } from "@/lib/features/environments";
import { AppError, notFound } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { execute, query, withSqlTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { enqueue } from "@/lib/platform/queue";
import { backupOf } from "./components";
import { getBackup } from "./queries";
import type { BackupDto } from "./schema";
import { backupFolder, backupStore } from "./store";

/**
 * Asks for a backup of everything in an environment that has one; a worker takes it.
 * @throws AppError not_found, forbidden, conflict when nothing can be backed up or one is being taken
 */
export async function requestBackup(
  actor: Actor,
  environmentId: string,
  options: { note?: string; kind?: "manual" | "scheduled" | "before-restore" } = {},
): Promise<BackupDto> {
  const row = await getEnvironmentRow(environmentId);
  requirePermission(actor, "backup.create", {
    projectId: row.projectId,
    what: "The environment",
    objectType: "environment",
    objectId: environmentId,
  });
  const context = await loadEnvironment(environmentId);
  const protectedOnes = [...context.existing.values()].filter((one) => {
    const component = context.inputs.manifest.spec.components[one.component];
    return component && backupOf(context.inputs.manifest, one.component, one.kind);
  });
  if (protectedOnes.length === 0)
    throw new AppError("conflict", "This environment has no components with backups.");
  if (context.row.status !== "running")
    throw new AppError("conflict", "Only a running environment can be backed up.");
  const id = newId("backup");
  await withSqlTransaction(async (client) => {
    await client.query("SELECT 1 FROM environment WHERE id = $1 FOR UPDATE", [environmentId]);
    const other = await client.query(
      "SELECT 1 FROM backup WHERE environment_id = $1 AND status = 'running'",
      [environmentId],
    );
    if (other.rowCount) throw new AppError("conflict", "A backup is already in progress.");
    await client.query(
      `INSERT INTO backup (id, environment_id, kind, note, template_version, created_by_id)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [
        id,
        environmentId,
        options.kind ?? "manual",
        options.note ?? "",
        context.version.version,
        actor.userId,
      ],
    );
    await publishEvent(client, `environment:${environmentId}`, "backup.started", { backupId: id });
    await recordAudit(client, {
      actor,
      action: "backup.create",
      objectType: "environment",
      objectId: environmentId,
      projectId: row.projectId,
      detail: { backup: id, kind: options.kind ?? "manual" },
    });
  });
  await enqueue("backups.run", { backupId: id });
  return getBackup(actor, id);
}

/** Deletes a backup and its files. @throws AppError not_found, forbidden, conflict while it is being taken */
export async function deleteBackup(actor: Actor, backupId: string): Promise<void> {
  const [row] = await query<{ environmentId: string; projectId: string; status: string }>(
    `SELECT b.environment_id AS "environmentId", e.project_id AS "projectId", b.status::text AS status
     FROM backup b JOIN environment e ON e.id = b.environment_id WHERE b.id = $1 AND b.status <> 'deleted'`,
    [backupId],
  );
  if (!row) throw notFound("The backup");
  requirePermission(actor, "backup.create", {
    projectId: row.projectId,
    what: "The backup",
    objectType: "backup",
    objectId: backupId,
  });
  if (row.status === "running")
    throw new AppError("conflict", "The backup is still in progress. Wait for it to finish.");
  await withSqlTransaction(async (client) => {
    const marked = await client.query(
      "UPDATE backup SET status = 'deleted' WHERE id = $1 AND status NOT IN ('running', 'deleted')",
      [backupId],
    );
    if (marked.rowCount !== 1) throw notFound("The backup");
    await publishEvent(client, `environment:${row.environmentId}`, "backup.deleted", { backupId });
    await recordAudit(client, {
      actor,
      action: "backup.delete",
      objectType: "backup",
      objectId: backupId,
      projectId: row.projectId,
    });
  });
  await backupStore().remove(backupFolder(row.environmentId, backupId));
  await execute("UPDATE backup SET deleted_at = now() WHERE id = $1", [backupId]);
}
