import { DriverError } from "@/lib/clouds/contract";
import { messageOf } from "@/lib/kernel/errors";
import type { RunLimits, StepError } from "./types";

/**
 * Why a cloud could not be reached, where that is what an error comes from: also when opening the connection failed.
 */
export function unreachableCause(error: unknown): DriverError | null {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth += 1) {
    if (one instanceof DriverError) return one.unreachable ? one : null;
  }
  return null;
}

/** Reads a thrown value: a driver says what kind of failure it was, anything else is unknown. */
export function classifyError(error: unknown, nowMs: number): StepError {
  const away = unreachableCause(error);
  if (away) {
    const { message, hint } = away;
    return {
      kind: "retryable",
      message,
      ...(hint && { hint }),
      unreachable: { since: new Date(nowMs).toISOString(), lookFirst: false },
    };
  }
  if (error instanceof DriverError) {
    return { kind: error.kind, message: error.message, ...(error.hint ? { hint: error.hint } : {}) };
  }
  return { kind: "unknown", message: messageOf(error) };
}

/**
 * Exponential backoff with equal jitter: half of the exponential wait is certain, half random, so that
 * many steps that failed together do not come back together.
 * @param attempt how many attempts were made, from 1
 * @param random a number in [0, 1)
 * @returns milliseconds to wait
 */
export function backoffMs(attempt: number, limits: RunLimits, random: number): number {
  const full = Math.min(limits.backoffCapMs, limits.backoffBaseMs * 2 ** Math.min(attempt - 1, 20));
  return Math.round(full / 2 + (full / 2) * random);
}
