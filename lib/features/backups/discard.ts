import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { execute, query, withSqlTransaction } from "@/lib/platform/db";
import { destroyedBackupDays } from "./schema";
import { backupFolder, backupStore } from "./store";

/**
 * The backups of an environment outlive it for a while, so that a new environment can begin with one of them. Called when it
 * is destroyed; safe to repeat. What they hold of room is still charged to its project.
 */
export async function keepBackupsOfDestroyed(environmentId: string): Promise<void> {
  await execute(
    `UPDATE backup SET expires_at = now() + $2 * interval '1 day'
     WHERE environment_id = $1 AND status IN ('running', 'succeeded')`,
    [environmentId, destroyedBackupDays],
  );
  // What failed helps nobody.
  await execute("UPDATE backup SET expires_at = now() WHERE environment_id = $1 AND status = 'failed'", [
    environmentId,
  ]);
}

/**
 * Backups of destroyed environments whose time is over, and what was still being taken when its environment was
 * destroyed and failed.
 */
export async function expireOfDestroyed(): Promise<void> {
  const rows = await query<{ id: string }>(
    `SELECT b.id FROM backup b JOIN environment e ON e.id = b.environment_id
     WHERE b.status IN ('succeeded', 'failed') AND NOT e.is_demo AND e.destroyed_at IS NOT NULL
       AND (b.status = 'failed' OR coalesce(b.expires_at, e.destroyed_at + $1 * interval '1 day') < now()) LIMIT 200`,
    [destroyedBackupDays],
  );
  for (const { id } of rows) await expire(id, "environment destroyed");
}

/** Marks one as deleted, with its entry in the audit; its files go with the next sweep. */
export async function expire(backupId: string, why: string): Promise<void> {
  await withSqlTransaction(async (client) => {
    const marked = await client.query<{ project: string }>(
      `UPDATE backup b SET status = 'deleted' FROM environment e
       WHERE b.id = $1 AND e.id = b.environment_id AND b.status IN ('succeeded', 'failed')
       RETURNING e.project_id AS project`,
      [backupId],
    );
    const row = marked.rows[0];
    if (!row) return;
    await recordAudit(client, {
      actor: systemActor("backup retention"),
      action: "backup.delete",
      objectType: "backup",
      objectId: backupId,
      projectId: row.project,
      detail: { why },
    });
  });
}

/** Removes the files of deleted backups. Marked first, removed after: a process that dies between leaves work, not waste. */
export async function removeDeleted(): Promise<void> {
  const rows = await query<{ id: string; environmentId: string }>(
    `SELECT id, environment_id AS "environmentId" FROM backup WHERE status = 'deleted' AND deleted_at IS NULL LIMIT 200`,
  );
  for (const { id, environmentId } of rows) {
    await backupStore().remove(backupFolder(environmentId, id));
    await execute("UPDATE backup SET deleted_at = now() WHERE id = $1", [id]);
  }
}
