/** How long a container may take to stop, at most. */
export const maxStopMs = 5 * 60_000;
const defaultStopMs = 10_000;

/** Whole seconds of a grace period, within the limit. */
export function stopSeconds(graceMs: number): number {
  return Math.ceil(Math.min(Math.max(graceMs, 0), maxStopMs) / 1000);
}

/** Seconds that a container made by whatever version gets to stop; -1 would be forever. */
export function graceSecondsOf(stopTimeout: number | undefined): number {
  if (stopTimeout === undefined) return defaultStopMs / 1000;
  return stopTimeout < 0 ? maxStopMs / 1000 : stopSeconds(stopTimeout * 1000);
}
