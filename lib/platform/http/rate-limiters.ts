import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
} from "rate-limiter-flexible";
import { getConfig } from "../config";
import { getPool } from "../db";
import { connectRedis, type Redis } from "../redis";

export interface RateLimit {
  points: number;
  perSeconds: number;
  /**
   * It is of every request: without Redis each portal counts for itself, because a statement of PostgreSQL for each would
   * cost more than it protects from.
   */
  ofEveryRequest?: true;
}

/**
 * A limiter that all portals share: in Redis where `REDIS_URL` is set, else in PostgreSQL, except for limits of every request.
 * While the store doesn't answer, each portal counts for itself.
 * @param name unique for the limit; part of its keys
 */
export function openLimiter(name: string, limit: RateLimit): RateLimiterAbstract {
  const options = { keyPrefix: name, points: limit.points, duration: limit.perSeconds };
  const own = new RateLimiterMemory(options);
  const redis = sharedRedis();
  if (redis) {
    return new RateLimiterRedis({
      ...options,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: own,
    });
  }
  if (limit.ofEveryRequest) return own;
  return new RateLimiterPostgres({
    ...options,
    storeClient: getPool(),
    storeType: "pool",
    tableName: "rate_limit_count",
    tableCreated: true,
    clearExpiredByTimeout: true,
    insuranceLimiter: own,
  });
}

/** A request doesn't wait for a Redis that is away. */
const redisOptions = {
  connectTimeout: 2_000,
  commandTimeout: 1_000,
  maxRetriesPerRequest: 1,
  enableOfflineQueue: false,
};
let connection: Redis | undefined;

function sharedRedis(): Redis | null {
  const { redisUrl } = getConfig();
  if (!redisUrl) return null;
  connection ??= connectRedis(redisUrl, redisOptions, {
    module: "http",
    consequence: "each portal counts requests for itself",
  });
  return connection;
}

/** Ends the connection to Redis, if there is one. */
export function closeLimiters(): void {
  connection?.disconnect();
  connection = undefined;
}
