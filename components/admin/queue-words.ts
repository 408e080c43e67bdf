/** What each queue's jobs do. A queue without a label is shown by its name alone. */
const words: Record<string, string> = {
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

export function queueWords(name: string): string | undefined {
  return words[name];
}
