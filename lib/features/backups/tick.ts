import type { Manifest } from "@/lib/engine/template/types";
import { loadVersions } from "@/lib/features/catalog";
import { messageOf } from "@/lib/kernel/errors";
import { systemActor } from "@/lib/platform/auth";
import { moduleLog } from "@/lib/platform/log";
import { backupOf } from "./components";
import { expire, expireOfDestroyed, removeDeleted } from "./discard";
import { expiredBackups, type Keep, mergeKeep, nextBackupAt } from "./rules";
import { requestBackup } from "./service";
import { listKept } from "./store";
import { listUnclaimed } from "./store-claims";
import { findLastRestored, listScheduled, type ScheduledRow } from "./store-retention";
import { takeBackup } from "./take";

/** For so long after a scheduled backup retention looks at its environment; later nothing can have changed. */
const settlingMinutes = 15;

/** Scheduled backups, backups whose message or worker was lost, and retention. @returns how many were taken */
export async function backupsTick(signal: AbortSignal): Promise<number> {
  await followSchedules(signal);
  if (signal.aborted) return 0;
  await expireOfDestroyed();
  await removeDeleted();
  let taken = 0;
  for (const id of await listUnclaimed()) {
    if (signal.aborted) break;
    if (await takeBackup(id)) taken += 1;
  }
  return taken;
}

/** One statement for all environments, their manifests from memory. */
async function followSchedules(signal: AbortSignal): Promise<void> {
  const environments = await listScheduled(settlingMinutes);
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
  const backups = await listKept(environmentId);
  const retention = { keep, lastRestoredId: await findLastRestored(environmentId), now: new Date() };
  for (const backupId of expiredBackups(backups, retention)) await expire(backupId, "retention");
}
