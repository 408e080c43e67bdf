import type { DriverError } from "@/lib/clouds/contract";
import type { RunLimits, StepError, StepRecord } from "./types";

/** A look at what exists failed because the cloud cannot be reached: nothing is known yet, and nothing is lost. */
export class CloudAway extends Error {
  constructor(cause: DriverError) {
    super(cause.message, { cause });
  }
}

export interface CloudWait {
  error: StepError;
  waitMs: number;
}

interface WaitFacts {
  limits: RunLimits;
  /** The failure left open what happened. */
  lookFirst: boolean;
  /** An attempt was counted for it; a poll is none. */
  counted: boolean;
  nowMs: number;
}

/**
 * How a step that failed because its cloud cannot be reached waits for it; null when the cloud answered, or was away for
 * longer than `cloudWaitMs`. Such attempts do not count: the cloud was not asked.
 * @param before the step's error until now, which says since when it waits
 */
export function cloudWait(
  before: StepError | null,
  error: StepError,
  { limits, lookFirst, counted, nowMs }: WaitFacts,
): CloudWait | null {
  if (!error.unreachable) return null;
  const since = before?.unreachable?.since ?? new Date(nowMs).toISOString();
  if (nowMs - Date.parse(since) >= limits.cloudWaitMs) return null;
  // Half certain, half random: what waits for one cloud does not come back to it in one moment.
  const waitMs = Math.round(limits.cloudRetryMs * (0.5 + Math.random()));
  return {
    waitMs,
    error: {
      ...error,
      message: `Waiting since ${since}: ${error.message}`,
      unreachable: { since, lookFirst: lookFirst || (before?.unreachable?.lookFirst ?? false) },
      spared: (before?.spared ?? 0) + (counted ? 1 : 0),
    },
  };
}

/** What is kept of a wait while the step is tried again: since when it waits is known until the cloud answers. */
export function keptWait({ error }: StepRecord): StepError | null {
  return error?.unreachable || error?.spared ? error : null;
}
