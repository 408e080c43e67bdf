import { query } from "@/lib/platform/db";

/**
 * The newest completed backup that holds something of a component; null when there is none. What was captured before a
 * restore is left out: it may be what was restored away from.
 */
export async function newestGoodBackup(
  environmentId: string,
  component: string,
): Promise<{ id: string; takenAt: string } | null> {
  const [row] = await query<{ id: string; takenAt: Date }>(
    `SELECT b.id, b.created_at AS "takenAt" FROM backup b
     WHERE b.environment_id = $1 AND b.status = 'succeeded' AND b.kind <> 'before-restore'
       AND EXISTS (SELECT 1 FROM backup_part p WHERE p.backup_id = b.id AND p.component = $2)
     ORDER BY b.created_at DESC LIMIT 1`,
    [environmentId, component],
  );
  return row ? { id: row.id, takenAt: row.takenAt.toISOString() } : null;
}
