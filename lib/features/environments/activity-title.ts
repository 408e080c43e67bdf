/** What was done, as a verb when it is done and as a noun until then. */
const deeds: Record<string, { done: string; deed: string }> = {
  create: { done: "Created", deed: "Creation" },
  update: { done: "Updated", deed: "Update" },
  stop: { done: "Stopped", deed: "Stop" },
  start: { done: "Started", deed: "Start" },
  restart: { done: "Restarted", deed: "Restart" },
  repair: { done: "Repaired", deed: "Repair" },
  heal: { done: "Healed", deed: "Healing" },
  scale: { done: "Scaled", deed: "Scaling" },
  extend: { done: "Lease extended", deed: "Lease extension" },
  restore: { done: "Restored", deed: "Restore" },
  action: { done: "Action completed", deed: "Action" },
  destroy: { done: "Destroyed", deed: "Destruction" },
};

const states: Record<string, string> = {
  pending_approval: "pending approval",
  approved: "approved",
  running: "in progress",
  failed: "failed",
  rejected: "rejected",
  cancelled: "canceled",
  expired: "expired",
};

const backupTitles: Record<string, string> = {
  scheduled: "Scheduled backup",
  manual: "Manual backup",
  "before-restore": "Pre-restore backup",
  "before-change": "Safety backup",
};

/** What happened, in a few words; pure. */
export function activityTitle(row: { kind: string; what: string; status: string }): string {
  if (row.kind === "incident") return `Incident in ${row.what}`;
  if (row.kind === "backup") {
    const title = backupTitles[row.what] ?? `Backup (${row.what})`;
    return row.status === "failed" || row.status === "running" ? `${title} ${states[row.status]}` : title;
  }
  const { done, deed } = deeds[row.what] ?? { done: row.what, deed: row.what };
  return row.status === "succeeded" ? done : `${deed} ${states[row.status] ?? row.status}`;
}
