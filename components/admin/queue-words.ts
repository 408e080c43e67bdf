import type { QueueListDto, ScheduleDto } from "@/lib/features/workers/schema";

export type QueueName = QueueListDto["queues"][number]["name"];

/** What each queue's jobs do. */
const queues: Record<QueueName, string> = {
  "runs.wake": "Provisioning runs",
  "monitoring.batch": "Environment health checks, batches",
  "liveness.batch": "Process liveness, batches",
  "backups.run": "Backups",
  "notifications.deliver": "Email and webhook delivery",
  "clouds.check": "Cloud health checks, batches",
  provisioning: "Recurring jobs: provisioning",
  monitoring: "Recurring jobs: monitoring",
  backup: "Recurring jobs: backup",
  chargeback: "Recurring jobs: chargeback",
  housekeeping: "Recurring jobs: housekeeping",
};

const schedules: Record<ScheduleDto["name"], string> = {
  "runs.sweep": "Find pending runs",
  "monitoring.due": "Environment health checks",
  "liveness.due": "Process liveness",
  "backups.due": "Scheduled backups and retention",
  "metering.hours": "Metering and charges",
  "notifications.due": "Find undelivered notifications",
  "notifications.digests": "Daily digests",
  "budgets.watch": "Budget thresholds",
  "audit.seal": "Audit log seals",
  "audit.head": "Audit log heads",
  "leases.due": "Leases",
  "destructions.retry": "Retry failed destroys",
  "clouds.due": "Cloud health checks",
  "housekeeping.prune": "Expiry and deletion",
};

export function queueWords(name: QueueName): string {
  return queues[name];
}

export function scheduleWords(name: ScheduleDto["name"]): string {
  return schedules[name];
}

/** The words for a job by its name, which may be of another version. */
export function jobWords(name: string): string {
  return Object.entries({ ...queues, ...schedules }).find(([known]) => known === name)?.[1] ?? name;
}
