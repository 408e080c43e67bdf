import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "@/lib/kernel/errors";

export interface RateLimit {
  points: number;
  perSeconds: number;
}

/** Generous for scripts, small enough that one client cannot starve the others. */
export const actorRateLimit: RateLimit = { points: 3_000, perSeconds: 60 };
export const anonymousRateLimit: RateLimit = { points: 300, perSeconds: 60 };

/** A refused request and when to come back. */
export class RateLimitedError extends AppError {
  readonly retryAfterSeconds: number;

  constructor(retryAfterMs: number) {
    const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
    super("rate_limited", `Too many requests; try again in ${seconds} s.`, {
      detail: { retryAfterSeconds: seconds },
    });
    this.retryAfterSeconds = seconds;
  }
}

const limiters = new Map<string, RateLimiterMemory>();

/**
 * Takes one request out of the key's allowance. Counted per process: enough against a runaway client.
 * @throws RateLimitedError when the allowance is used up
 */
export async function consumeRateLimit(name: string, key: string, limit: RateLimit): Promise<void> {
  const id = `${name}:${limit.points}:${limit.perSeconds}`;
  let limiter = limiters.get(id);
  if (!limiter) {
    limiter = new RateLimiterMemory({ keyPrefix: id, points: limit.points, duration: limit.perSeconds });
    limiters.set(id, limiter);
  }
  try {
    await limiter.consume(key);
  } catch (error) {
    if (error instanceof RateLimiterRes) throw new RateLimitedError(error.msBeforeNext);
    throw error;
  }
}

/** For tests: everybody's allowance is whole again. */
export function resetRateLimits(): void {
  limiters.clear();
}
