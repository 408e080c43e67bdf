import { Cron } from "croner";
import type { BackupKind } from "./schema";

export interface Keep {
  last?: number | undefined;
  hourly?: number | undefined;
  daily?: number | undefined;
  weekly?: number | undefined;
}

export interface KeptBackup {
  id: string;
  kind: BackupKind;
  createdAt: Date;
  /** Of those taken before a restore or a change. */
  expiresAt: Date | null;
}

export interface Retention {
  /** What the template keeps of scheduled ones; null when it has no schedule any more, and all stay. */
  keep: Keep | null;
  /** The one that was restored last: what runs came out of it. */
  lastRestoredId: string | null;
  now: Date;
}

/**
 * Which successful backups of an environment retention deletes. Scheduled ones are counted among themselves, so that no
 * other kind takes their place; those from before a restore or a change go by their date; a person's stay. The newest of all and the
 * one that was restored last always stay.
 */
export function expiredBackups(backups: readonly KeptBackup[], retention: Retention): string[] {
  const newestFirst = [...backups].sort(
    (left, right) => right.createdAt.getTime() - left.createdAt.getTime(),
  );
  const scheduled = newestFirst.filter((one) => one.kind === "scheduled");
  const kept = retention.keep
    ? keptByPeriods(scheduled, retention.keep)
    : new Set(scheduled.map((one) => one.id));
  const isExpired = ({ id, kind, expiresAt }: KeptBackup) => {
    if (kind === "scheduled") return !kept.has(id);
    return kind !== "manual" && expiresAt !== null && expiresAt <= retention.now;
  };
  return newestFirst
    .slice(1)
    .filter((one) => isExpired(one) && one.id !== retention.lastRestoredId)
    .map((one) => one.id);
}

/**
 * A backup stays when it is among the newest `last`, or the newest of one of the last `hourly` hours, `daily` days or
 * `weekly` weeks (UTC) that have one. The newest one always stays.
 */
function keptByPeriods(newestFirst: readonly KeptBackup[], keep: Keep): Set<string> {
  const kept = new Set(newestFirst.slice(0, Math.max(1, keep.last ?? 0)).map((one) => one.id));
  const rules: [number | undefined, (at: Date) => string][] = [
    [keep.hourly, (at) => at.toISOString().slice(0, 13)],
    [keep.daily, (at) => at.toISOString().slice(0, 10)],
    [keep.weekly, (at) => String(weekOf(at))],
  ];
  for (const [count, periodOf] of rules) {
    const periods = new Set<string>();
    for (const backup of newestFirst) {
      const period = periodOf(backup.createdAt);
      if (periods.has(period)) continue;
      if (periods.size >= (count ?? 0)) break;
      periods.add(period);
      kept.add(backup.id);
    }
  }
  return kept;
}

/** Number of the week since the epoch; weeks begin on Monday. */
function weekOf(at: Date): number {
  return Math.floor((at.getTime() / 86_400_000 + 3) / 7);
}

/** When the next scheduled backup is due, given the last one (or the environment's creation). UTC. */
export function nextBackupAt(schedule: string, after: Date): Date | null {
  return new Cron(schedule, { timezone: "UTC" }).nextRun(after);
}

/** The union of what several components ask to be kept: the larger count wins. */
export function mergeKeep(keeps: readonly Keep[]): Keep {
  const merged: Keep = {};
  for (const keep of keeps) {
    for (const name of ["last", "hourly", "daily", "weekly"] as const) {
      merged[name] = Math.max(merged[name] ?? 0, keep[name] ?? 0);
    }
  }
  return merged;
}
