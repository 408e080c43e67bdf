import type { ChangeContext, CloudConnection, ComponentRef } from "@/lib/clouds/contract";
import { messageOf } from "@/lib/kernel/errors";
import { execute, query } from "@/lib/platform/db";
import { captureComponent, requireRoom } from "./capture";
import type { BackedComponent } from "./components";

interface SafetyInput {
  environmentId: string;
  connection: CloudConnection;
  ref: ComponentRef;
  change: ChangeContext;
}

/**
 * Captures a component as it is before a restore replaces its data. One restore point serves all components of the
 * run. What was captured before is kept when the step is tried again: by then the data may be half replaced. A
 * component too broken to be captured is restored all the same; the log says so.
 */
export async function takeSafetyBackup(input: SafetyInput, backed: BackedComponent): Promise<void> {
  const { change, ref } = input;
  const safety = await openSafety(input.environmentId, change.idempotencyKey);
  if (!safety) return;
  try {
    if (!(await hasPart(safety.id, ref.component))) await keep(input, backed, safety);
  } finally {
    // Also when the run was cancelled, or an attempt was killed right after capturing: an unsettled one blocks later
    // backups. A later attempt that succeeds makes it good again.
    await settleSafety(safety, change.idempotencyKey);
  }
}

async function keep(input: SafetyInput, backed: BackedComponent, safety: Safety): Promise<void> {
  const { change, ref } = input;
  try {
    await requireRoom();
    const capture = { backupId: safety.id, connection: input.connection, ref, signal: change.signal };
    await captureComponent(capture, backed);
    change.log(`What is there now was kept as restore point ${safety.id}.`);
  } catch (error) {
    change.signal.throwIfAborted();
    change.log(`What is there now could not be kept (${messageOf(error)}); going on.`);
  }
}

interface Safety {
  id: string;
  runId: string;
}

async function openSafety(environmentId: string, stepId: string): Promise<Safety | null> {
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
     VALUES ($1, $2, 'before-restore', 'Taken before a restore', $3, $4, now() + interval '14 days', now() + interval '2 hours')
     ON CONFLICT (id) DO NOTHING`,
    [id, environmentId, run.version, run.requestId],
  );
  return { id, runId: run.runId };
}

async function hasPart(backupId: string, component: string): Promise<boolean> {
  const rows = await query("SELECT 1 FROM backup_part WHERE backup_id = $1 AND component = $2", [
    backupId,
    component,
  ]);
  return rows.length > 0;
}

/** It is good once no other component of the run is still to be captured; without any part it failed. */
async function settleSafety(safety: Safety, stepId: string): Promise<void> {
  await execute(
    `UPDATE backup b SET finished_at = now(), lease_until = NULL, size_bytes = p.size,
       status = CASE WHEN p.parts > 0 THEN 'succeeded' ELSE 'failed' END::backup_status,
       error = CASE WHEN p.parts > 0 THEN '' ELSE 'What was there could not be captured.' END
     FROM (SELECT coalesce(sum(size_bytes), 0) AS size, count(*) AS parts FROM backup_part WHERE backup_id = $1) p
     WHERE b.id = $1 AND b.status IN ('running', 'failed') AND NOT EXISTS (
       SELECT 1 FROM step s WHERE s.run_id = $2 AND s.action = 'restore' AND s.id <> $3
         AND s.status IN ('pending', 'running', 'waiting')
         AND NOT EXISTS (SELECT 1 FROM backup_part q WHERE q.backup_id = b.id AND q.component = s.component))`,
    [safety.id, safety.runId, stepId],
  );
}
