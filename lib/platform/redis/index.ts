import { Redis, type RedisOptions } from "ioredis";
import { moduleLog } from "../log";

export type { Redis };

/** The client repeats an error with every try to connect; once in so long says it all. */
const quietMs = 10_000;

/**
 * Opens a connection to Redis, which connects again by itself after it was lost.
 * @param told which module logs that Redis is away, and what follows from it
 */
export function connectRedis(
  url: string,
  options: RedisOptions,
  told: { module: string; consequence?: string },
): Redis {
  const connection = new Redis(url, options);
  const words = ["Redis is not responding", told.consequence].filter(Boolean).join(": ");
  let lastLoggedMs = Number.NEGATIVE_INFINITY;
  connection.on("error", (error) => {
    if (performance.now() - lastLoggedMs < quietMs) return;
    lastLoggedMs = performance.now();
    moduleLog(told.module).warn({ err: error }, words);
  });
  return connection;
}
