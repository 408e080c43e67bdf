import { getEnvironmentRow, loadEnvironment } from "@/lib/features/environments";
import { AppError, notFound } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { enqueue } from "@/lib/platform/queue";
import { backupOf } from "./components";
import { backupFiles, backupFolder } from "./files";
import { getBackup } from "./queries";
import type { BackupDto } from "./schema";
import { findBackup, insertBackup, lockForBackup, markDeleted, recordFilesRemoved } from "./store";

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
  await inTransaction(async (tx) => {
    if (await lockForBackup(tx, environmentId))
      throw new AppError("conflict", "A backup is already in progress.");
    await insertBackup(tx, {
      id,
      environmentId,
      kind: options.kind ?? "manual",
      note: options.note ?? "",
      templateVersion: context.version.version,
      createdById: actor.userId,
    });
    await publishEvent(tx, `environment:${environmentId}`, "backup.started", { backupId: id });
    await recordAudit(tx, {
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
  const found = await findBackup(backupId);
  if (!found || found.backup.status === "deleted") throw notFound("The backup");
  const { projectId } = found;
  const { environmentId, status } = found.backup;
  requirePermission(actor, "backup.create", {
    projectId,
    what: "The backup",
    objectType: "backup",
    objectId: backupId,
  });
  if (status === "running")
    throw new AppError("conflict", "The backup is still in progress. Wait for it to finish.");
  await inTransaction(async (tx) => {
    if (!(await markDeleted(tx, backupId))) throw notFound("The backup");
    await publishEvent(tx, `environment:${environmentId}`, "backup.deleted", { backupId });
    await recordAudit(tx, {
      actor,
      action: "backup.delete",
      objectType: "backup",
      objectId: backupId,
      projectId,
    });
  });
  await backupFiles().remove(backupFolder(environmentId, backupId));
  await recordFilesRemoved(backupId);
}
