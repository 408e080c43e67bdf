import { execute, query } from "@/lib/platform/db";
import { safetyBackupDays } from "./schema";

/** The safety backup of a run: one for all of its components. */
export interface SafetyRecord {
  id: string;
  runId: string;
}

export type SafetyKind = "before-restore" | "before-change";

const notes: Record<SafetyKind, string> = {
  "before-restore": "Created before a restore",
  "before-change": "Created before a change that deletes data",
};

/**
 * Opens the safety backup of the run that a step belongs to; the same one for each of its steps and attempts.
 * @returns null when there is no such step
 */
export async function openSafety(
  environmentId: string,
  stepId: string,
  kind: SafetyKind,
  version?: string,
): Promise<SafetyRecord | null> {
  const [run] = await query<{ runId: string; requestId: string | null; version: string }>(
    `SELECT u.id AS "runId", u.request_id AS "requestId", v.version FROM step s JOIN run u ON u.id = s.run_id
     JOIN environment e ON e.id = u.environment_id JOIN template_version v ON v.id = e.template_version_id
     WHERE s.id = $1`,
    [stepId],
  );
  if (!run) return null;
  const id = run.runId.replace(/^run_/, "bak_");
  await execute(
    `INSERT INTO backup (id, environment_id, kind, note, template_version, request_id, expires_at, lease_until)
     VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 day', now() + interval '2 hours')
     ON CONFLICT (id) DO NOTHING`,
    [id, environmentId, kind, notes[kind], version ?? run.version, run.requestId, safetyBackupDays],
  );
  return { id, runId: run.runId };
}

/** Whether the safety backup holds something of a component already. */
export async function hasPart(backupId: string, component: string): Promise<boolean> {
  const rows = await query("SELECT 1 FROM backup_part WHERE backup_id = $1 AND component = $2", [
    backupId,
    component,
  ]);
  return rows.length > 0;
}

/**
 * It is good once no other component of the run is still to be captured; without any part it failed. Before a change it also
 * fails when one of the components has no part: nothing of the change happens then.
 */
export async function settleSafety(safety: SafetyRecord, stepId: string, kind: SafetyKind): Promise<void> {
  const action = kind === "before-restore" ? "restore" : "backup";
  const every = kind === "before-change";
  await execute(
    `UPDATE backup b SET finished_at = now(), lease_until = NULL, size_bytes = p.size,
       status = CASE WHEN p.parts > 0 AND NOT (p.missing AND $5) THEN 'succeeded' ELSE 'failed' END::backup_status,
       error = CASE WHEN p.parts > 0 AND NOT (p.missing AND $5) THEN '' ELSE 'Couldn’t back up the current data.' END
     FROM (SELECT coalesce(sum(size_bytes), 0) AS size, count(*) AS parts,
         EXISTS (SELECT 1 FROM step s WHERE s.run_id = $2 AND s.action = $4 AND NOT EXISTS (
           SELECT 1 FROM backup_part q WHERE q.backup_id = $1 AND q.component = s.component)) AS missing
       FROM backup_part WHERE backup_id = $1) p
     WHERE b.id = $1 AND b.status IN ('running', 'failed') AND NOT EXISTS (
       SELECT 1 FROM step s WHERE s.run_id = $2 AND s.action = $4 AND s.id <> $3
         AND s.status IN ('pending', 'running', 'waiting')
         AND NOT EXISTS (SELECT 1 FROM backup_part q WHERE q.backup_id = b.id AND q.component = s.component))`,
    [safety.id, safety.runId, stepId, action, every],
  );
}
