import type { Manifest } from "@/lib/engine/template/types";
import { loadVersions } from "@/lib/features/catalog";
import { messageOf } from "@/lib/kernel/errors";
import { systemActor } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { backupOf } from "./components";
import { expire, expireOfDestroyed, removeDeleted } from "./discard";
import { expiredBackups, type Keep, type KeptBackup, mergeKeep, nextBackupAt } from "./rules";
import { requestBackup } from "./service";
import { takeBackup } from "./take";

/** For so long after a scheduled backup retention looks at its environment; later nothing can have changed. */
const settlingMinutes = 15;

interface ScheduledRow {
  id: string;
  versionId: string;
  /** The last scheduled backup, else when the environment became ready. */
  lastAt: Date;
  components: { component: string; kind: string }[];
  /** A backup that was not taken by a person has just succeeded, or is past its date. */
  settling: boolean;
}

/** Scheduled backups, backups whose message or worker was lost, and retention. @returns how many were taken */
export async function backupsTick(signal: AbortSignal): Promise<number> {
  await followSchedules(signal);
  if (signal.aborted) return 0;
  await expireOfDestroyed();
  await removeDeleted();
  const waiting = await query<{ id: string }>(
    `SELECT id FROM backup WHERE status = 'running' AND created_at < now() - interval '5 seconds'
       AND kind NOT IN ('before-restore', 'before-change') AND (lease_until IS NULL OR lease_until < now()) LIMIT 20`,
  );
  let taken = 0;
  for (const { id } of waiting) {
    if (signal.aborted) break;
    if (await takeBackup(id)) taken += 1;
  }
  return taken;
}

/** One statement for all environments, their manifests from memory: there may be ten thousand of them. */
async function followSchedules(signal: AbortSignal): Promise<void> {
  const environments = await query<ScheduledRow>(
    `SELECT e.id, e.template_version_id AS "versionId",
       coalesce((SELECT max(b.created_at) FROM backup b WHERE b.environment_id = e.id AND b.kind = 'scheduled'),
         e.ready_at, e.created_at) AS "lastAt",
       (SELECT coalesce(json_agg(json_build_object('component', r.component, 'kind', r.kind)), '[]')
        FROM resource r WHERE r.environment_id = e.id) AS components,
       EXISTS (SELECT 1 FROM backup b WHERE b.environment_id = e.id AND b.status = 'succeeded' AND b.kind <> 'manual'
         AND (b.finished_at > now() - $1 * interval '1 minute' OR b.expires_at < now())) AS settling
     FROM environment e WHERE e.status = 'running' AND NOT e.is_demo`,
    [settlingMinutes],
  );
  const versions = await loadVersions(environments.map((environment) => environment.versionId));
  for (const environment of environments) {
    if (signal.aborted) return;
    const version = versions.get(environment.versionId);
    try {
      if (version) await scheduleOf(environment, version.manifest);
    } catch (error) {
      moduleLog("backups").warn(
        { environment: environment.id },
        `backup schedule skipped: ${messageOf(error)}`,
      );
    }
  }
}

async function scheduleOf(row: ScheduledRow, manifest: Manifest): Promise<void> {
  const backups = row.components.flatMap(({ component, kind }) => backupOf(manifest, component, kind) ?? []);
  const schedules = backups.flatMap((backup) => backup.schedule ?? []);
  const due = schedules.some((schedule) => {
    const next = nextBackupAt(schedule, row.lastAt);
    return next !== null && next.getTime() <= Date.now();
  });
  if (due) await requestBackup(systemActor("backup schedule"), row.id, { kind: "scheduled" });
  const keep = schedules.length > 0 ? mergeKeep(backups.map((backup) => backup.keep)) : null;
  if (row.settling) await retain(row.id, keep);
}

async function retain(environmentId: string, keep: Keep | null): Promise<void> {
  const rows = await query<KeptBackup>(
    `SELECT id, kind, created_at AS "createdAt", expires_at AS "expiresAt" FROM backup
     WHERE environment_id = $1 AND status = 'succeeded'`,
    [environmentId],
  );
  const [restored] = await query<{ id: string | null }>(
    `SELECT r.id FROM (
       SELECT context->>'backup' AS id, created_at FROM run WHERE environment_id = $1 AND kind = 'restore'
       UNION ALL SELECT s.input->'dataLoss'->'backup'->>'id', u.created_at FROM step s JOIN run u ON u.id = s.run_id
         WHERE u.environment_id = $1 AND u.kind IN ('repair', 'heal')) r
     WHERE r.id IS NOT NULL ORDER BY r.created_at DESC LIMIT 1`,
    [environmentId],
  );
  const retention = { keep, lastRestoredId: restored?.id ?? null, now: new Date() };
  for (const backupId of expiredBackups(rows, retention)) await expire(backupId, "retention");
}
