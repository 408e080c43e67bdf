/** What a run does, in words; `kind` is that of its request. */

const doing: Record<string, string> = {
  create: "Creating",
  update: "Changing",
  stop: "Stopping",
  start: "Starting",
  restart: "Restarting",
  heal: "Healing",
  scale: "Scaling",
  extend: "Extending the lease of",
  backup: "Backing up",
  restore: "Restoring",
  action: "Running an action in",
  destroy: "Destroying",
};

const done: Record<string, string> = {
  create: "is ready",
  update: "is changed",
  stop: "is stopped",
  start: "runs again",
  restart: "is restarted",
  heal: "is healed",
  scale: "is scaled",
  extend: "may stay longer",
  backup: "is backed up",
  restore: "is restored",
  action: "has run its action",
  destroy: "is destroyed",
};

/** A run as a headline: "Creating shop-staging". */
export function runWords(kind: string, environment: string): string {
  return `${doing[kind] ?? kind} ${environment}`;
}

/** How it ended, as a sentence without its full stop: "shop-staging is ready", "Creating shop-staging failed". */
export function endWords(kind: string, environment: string, status: string): string {
  if (status === "succeeded") {
    const words = done[kind];
    return words ? `${environment} ${words}` : `${environment}: ${kind} is done`;
  }
  const run = runWords(kind, environment);
  if (status === "failed") return `${run} failed`;
  if (status === "cancelled") return `${run} was cancelled`;
  return `${run} ended, and nobody knows how`;
}
