import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { withSqlTransaction } from "@/lib/platform/db";

/** How long an upload waits for the request that names it. */
export const unusedUploadHours = 24;
const batchRows = 200;

/**
 * Uses that keep an upload: of a living environment, by a request that is open, or that is not older than the state
 * before the last one: what runs now and what it can be rolled back to, and everything that may be resumed.
 */
const neededUse = `
  SELECT 1 FROM upload_use x JOIN environment e ON e.id = x.environment_id JOIN request r ON r.id = x.request_id
   WHERE x.upload_id = u.id AND e.destroyed_at IS NULL AND (
     r.status IN ('pending_approval', 'approved', 'running')
     OR (SELECT count(*) FROM request n
          WHERE n.environment_id = r.environment_id AND n.created_at > r.created_at
            AND n.kind IN ('create', 'update') AND n.status = 'succeeded') < 2)`;

/**
 * Removes uploads that no environment needs any more. Each is locked before its uses are counted, so a request that
 * names it in between either comes first and keeps it or finds it gone.
 * @returns how many were removed
 */
export async function pruneUploads(): Promise<number> {
  return await withSqlTransaction(async (client) => {
    const old = await client.query<{ id: string }>(
      `SELECT u.id FROM upload u
        WHERE u.created_at < now() - make_interval(hours => $1) AND NOT EXISTS (${neededUse})
        ORDER BY u.created_at LIMIT ${batchRows} FOR UPDATE OF u SKIP LOCKED`,
      [unusedUploadHours],
    );
    if (old.rows.length === 0) return 0;
    const removed = await client.query<{ id: string }>(
      `DELETE FROM upload u WHERE u.id = ANY($1) AND NOT EXISTS (${neededUse}) RETURNING u.id`,
      [old.rows.map((row) => row.id)],
    );
    const ids = removed.rows.map((row) => row.id);
    if (ids.length === 0) return 0;
    await recordAudit(client, {
      actor: systemActor("housekeeping"),
      action: "upload.delete",
      objectType: "upload",
      objectId: ids[0] ?? "",
      detail: { uploads: ids },
    });
    return ids.length;
  });
}
