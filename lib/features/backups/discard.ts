import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { execute, query, withSqlTransaction } from "@/lib/platform/db";
import { backupFolder, backupStore } from "./store";

/**
 * The restore points of an environment go with it, rows marked first, then the whole folder: nothing of it is left
 * when its destruction is done. Safe to repeat.
 */
export async function discardBackups(environmentId: string): Promise<void> {
  const rows = await query<{ id: string }>(
    "SELECT id FROM backup WHERE environment_id = $1 AND status IN ('succeeded', 'failed')",
    [environmentId],
  );
  for (const { id } of rows) await expire(id, "environment destroyed");
  await backupStore().remove(environmentId);
  await execute(
    "UPDATE backup SET deleted_at = now() WHERE environment_id = $1 AND status = 'deleted' AND deleted_at IS NULL",
    [environmentId],
  );
}

/** What was still being taken when its environment was destroyed. */
export async function discardOfDestroyed(): Promise<void> {
  const rows = await query<{ id: string }>(
    `SELECT DISTINCT e.id FROM backup b JOIN environment e ON e.id = b.environment_id
     WHERE b.status IN ('succeeded', 'failed') AND NOT e.is_demo AND e.destroyed_at IS NOT NULL LIMIT 200`,
  );
  for (const { id } of rows) await discardBackups(id);
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
