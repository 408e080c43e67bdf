import type { QueueListDto } from "@/lib/features/housekeeping/schema";

type QueueName = QueueListDto["queues"][number]["name"];

/** What each queue's jobs do. */
const words: Record<QueueName, string> = {
  "runs.wake": "Provisioning runs",
  "backups.run": "Backups",
  "backups.tick": "Backup scheduler",
  "monitoring.tick": "Environment health checks",
  "metering.tick": "Metering and charges",
  "housekeeping.tick": "Housekeeping",
  "notifications.deliver": "Email and webhook delivery",
  "templates.check": "Template version checks",
  "clouds.check": "Cloud health checks",
};

export function queueWords(name: QueueName): string {
  return words[name];
}
