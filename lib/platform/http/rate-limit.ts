import { randomUUID } from "node:crypto";
import { type RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "@/lib/kernel/errors";
import { addressKey } from "../auth/address-key";
import { closeLimiters, openLimiter, type RateLimit } from "./rate-limiters";

export type { RateLimit } from "./rate-limiters";

/** Generous for scripts, small enough that one client cannot starve the others. */
export const actorRateLimit: RateLimit = { points: 3_000, perSeconds: 60, ofEveryRequest: true };
export const anonymousRateLimit: RateLimit = { points: 300, perSeconds: 60, ofEveryRequest: true };

/** How much of its allowance a client has left, and for how long. */
export interface Allowance {
  limit: number;
  remaining: number;
  resetSeconds: number;
}

/** The headers that tell a client its allowance, so that it can slow down before it is refused. */
export function allowanceHeaders({ limit, remaining, resetSeconds }: Allowance): Record<string, string> {
  return {
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": String(remaining),
    "ratelimit-reset": String(resetSeconds),
  };
}

/** A refused request and when to come back. */
export class RateLimitedError extends AppError {
  readonly retryAfterSeconds: number;
  readonly allowance: Allowance;

  constructor(retryAfterMs: number, limit: number) {
    const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
    super("rate_limited", `Too many requests; try again in ${seconds} s.`, {
      detail: { retryAfterSeconds: seconds },
    });
    this.retryAfterSeconds = seconds;
    this.allowance = { limit, remaining: 0, resetSeconds: seconds };
  }
}

const limiters = new Map<string, RateLimiterAbstract>();
/** Part of every key, so that tests can begin with nothing counted. */
let generation = "";

/**
 * Takes one request out of the key's allowance and answers what is left. All portals count together
 * (see `openLimiter`).
 * @param key whom it is counted for; an address counts as its network (`addressKey`)
 * @throws RateLimitedError when the allowance is used up
 */
export async function consumeRateLimit(name: string, key: string, limit: RateLimit): Promise<Allowance> {
  const id = `${generation}${name}:${limit.points}:${limit.perSeconds}`;
  let limiter = limiters.get(id);
  if (!limiter) {
    limiter = openLimiter(id, limit);
    limiters.set(id, limiter);
  }
  try {
    const { remainingPoints, msBeforeNext } = await limiter.consume(addressKey(key));
    const resetSeconds = Math.ceil(msBeforeNext / 1000);
    return { limit: limit.points, remaining: remainingPoints, resetSeconds };
  } catch (error) {
    if (error instanceof RateLimiterRes) throw new RateLimitedError(error.msBeforeNext, limit.points);
    throw error;
  }
}

/** For tests: everybody's allowance is whole again. */
export function resetRateLimits(): void {
  limiters.clear();
  closeLimiters();
  generation = `${randomUUID()}:`;
}
