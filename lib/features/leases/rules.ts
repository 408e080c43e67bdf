import type { LeasedEnvironment } from "@/lib/features/environments";

const dayMs = 86_400_000;

export type LeaseAction = "warn" | "stop" | "stop-again" | "destroy" | null;

/**
 * What a lease asks for now: a word a day before its end, a stop at its end, again while it still runs (a stop may
 * fail), and destruction when the grace after it is over.
 */
export function nextLeaseAction(environment: LeasedEnvironment, nowMs: number): LeaseAction {
  const { leaseEndsAt, destroyAfter } = environment;
  if (!leaseEndsAt || ["destroyed", "destroying", "pending"].includes(environment.status)) return null;
  if (destroyAfter && destroyAfter.getTime() <= nowMs) return "destroy";
  if (destroyAfter) return environment.status === "running" ? "stop-again" : null;
  if (leaseEndsAt.getTime() <= nowMs) return "stop";
  const warned = environment.leaseWarnedAt !== null;
  return !warned && leaseEndsAt.getTime() - nowMs <= dayMs ? "warn" : null;
}
