import { sql } from "kysely";
import { getPrisma, now, rowOf, statements, writtenBy } from "@/lib/platform/db";

/** When a counter makes wait, in failures and seconds. */
export interface ThrottleLimit {
  /** Failures without a wait. */
  free: number;
  /** Seconds; doubles with every further failure. */
  firstWait: number;
  longestWait: number;
}

const failures = sql.ref<number>("login_throttle.failures");
const windowStart = sql.ref<Date>("login_throttle.window_start");
const secondsAgo = (seconds: number) => sql<Date>`now() - make_interval(secs => ${seconds})`;

/**
 * Counts a failure unless the counter has to wait; answers whether it did. One statement, so that guesses at once cannot
 * slip through. The window begins with the latest failure: the wait is counted from there.
 */
export async function countFailure(
  key: string,
  { free, firstWait, longestWait }: ThrottleLimit,
  forgetSeconds: number,
): Promise<boolean> {
  const next = sql<number>`CASE WHEN ${windowStart} < ${secondsAgo(forgetSeconds)} THEN 1 ELSE ${failures} + 1 END`;
  const wait = sql`least(${longestWait}, ${firstWait} * power(2, least(${failures} - ${free}, 20)))`;
  const written = await writtenBy(
    statements
      .insertInto("login_throttle")
      .values({ key, failures: 1, window_start: now })
      .onConflict((conflict) =>
        conflict
          .column("key")
          .doUpdateSet({ failures: next, window_start: now })
          .where(
            sql<boolean>`(${failures} < ${free} OR ${windowStart} + make_interval(secs => ${wait}) <= now())`,
          ),
      ),
  );
  return written === 1;
}

/** What a counter says, or null. */
export async function findFailures(key: string): Promise<{ failures: number; agoSeconds: number } | null> {
  return await rowOf(
    statements
      .selectFrom("login_throttle")
      .select("failures")
      .select(sql<number>`extract(epoch FROM now() - window_start)::float8`.as("agoSeconds"))
      .where("key", "=", key),
  );
}

/** Takes one failure back. */
export async function takeBackFailure(key: string): Promise<void> {
  const one = sql<number>`greatest(${failures} - 1, 0)`;
  await writtenBy(statements.updateTable("login_throttle").set({ failures: one }).where("key", "=", key));
}

/** Lets a counter begin again. */
export async function deleteFailures(key: string): Promise<void> {
  await getPrisma().loginThrottle.deleteMany({ where: { key } });
}

/** Deletes counters without a failure for so long; answers how many. */
export async function deleteFailuresOlderThan(seconds: number): Promise<number> {
  return await writtenBy(
    statements.deleteFrom("login_throttle").where("window_start", "<", secondsAgo(seconds)),
  );
}
