import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { backupFiles, backupFolder } from "./files";
import { destroyedBackupDays } from "./schema";
import { listWithFilesLeft, recordFilesRemoved } from "./store";
import { expireLater, listExpiredOfDestroyed, markExpired } from "./store-retention";

/**
 * The backups of an environment outlive it for a while, so that a new environment can begin with one of them. Called when it
 * is destroyed; safe to repeat. What they hold of room is still charged to its project.
 */
export async function keepBackupsOfDestroyed(environmentId: string): Promise<void> {
  await expireLater(environmentId, destroyedBackupDays);
}

/**
 * Backups of destroyed environments whose time is over, and what was still being taken when its environment was
 * destroyed and failed.
 */
export async function expireOfDestroyed(): Promise<void> {
  for (const id of await listExpiredOfDestroyed(destroyedBackupDays))
    await expire(id, "environment destroyed");
}

/** Marks one as deleted, with its entry in the audit; its files go with the next sweep. */
export async function expire(backupId: string, why: string): Promise<void> {
  await inTransaction(async (tx) => {
    const projectId = await markExpired(tx, backupId);
    if (projectId === null) return;
    await recordAudit(tx, {
      actor: systemActor("backup retention"),
      action: "backup.delete",
      objectType: "backup",
      objectId: backupId,
      projectId,
      detail: { why },
    });
  });
}

/** Removes the files of deleted backups. Marked first, removed after: a process that dies between leaves work, not waste. */
export async function removeDeleted(): Promise<void> {
  for (const { id, environmentId } of await listWithFilesLeft()) {
    await backupFiles().remove(backupFolder(environmentId, id));
    await recordFilesRemoved(id);
  }
}
