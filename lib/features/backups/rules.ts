import { Cron } from "croner";

export interface Keep {
  last?: number | undefined;
  hourly?: number | undefined;
  daily?: number | undefined;
  weekly?: number | undefined;
}

export interface KeptBackup {
  id: string;
  createdAt: Date;
}

/**
 * Which backups retention deletes: a backup stays when it is among the newest `last`, or the newest of one of the
 * last `hourly` hours, `daily` days or `weekly` weeks (UTC) that have one. The newest one always stays.
 */
export function expiredBackups(backups: readonly KeptBackup[], keep: Keep): string[] {
  const newestFirst = [...backups].sort(
    (left, right) => right.createdAt.getTime() - left.createdAt.getTime(),
  );
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
  return newestFirst.filter((one) => !kept.has(one.id)).map((one) => one.id);
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
