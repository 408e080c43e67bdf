/** What each queue's messages are about. A queue without words is shown by its name alone. */
const words: Record<string, string> = {
  "runs.wake": "Runs that are due",
  "backups.run": "Backups to take",
  "backups.tick": "Look for due backups",
  "monitoring.tick": "Check environments",
  "metering.tick": "Meter and charge usage",
  "housekeeping.tick": "Leases, expiry, clean-up",
  "notifications.deliver": "Send e-mail and webhook messages",
  "templates.check": "Check template versions",
  "clouds.check": "Check clouds",
};

export function queueWords(name: string): string | undefined {
  return words[name];
}
