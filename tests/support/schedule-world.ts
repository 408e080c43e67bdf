import { setTimeout as sleep } from "node:timers/promises";
import { query } from "@/lib/platform/db";
import { closeQueues, type JobName } from "@/lib/platform/queue";
import { getQueue } from "@/lib/platform/queue/connection";
import { handlers } from "@/workers/handlers";
import { startJobs } from "@/workers/start-jobs";
import type { Stop } from "@/workers/stop";
import { Turns } from "@/workers/turns";
import type { TestDatabase } from "./database";
import { useTestPortal as openTestPortal } from "./portal";
import { hasRedis, startRedis, type TestRedis } from "./redis";

type Role = "provisioning" | "chargeback" | "housekeeping";

/** Where recurring jobs can be: PostgreSQL, and Redis where it is installed. */
export const queueKinds = hasRedis() ? (["postgres", "redis"] as const) : (["postgres"] as const);
if (!hasRedis())
  process.stderr.write("SKIPPED: recurring jobs on Redis, because redis-server is not on the PATH\n");

/**
 * Recurring jobs on a real queue. A "worker" here is a set of BullMQ workers, locks and a safety loop, as a process would
 * have; what two of the jobs do is counted in place of the features' handlers.
 */
export class ScheduleWorld {
  sweeps: { startMs: number; endMs: number }[] = [];
  /** How long a sweep lasts. */
  sweepMs = 0;
  metered = 0;
  /** What metering fails with. */
  failure: Error | null = null;
  private stops: Stop[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly redis: TestRedis | undefined,
  ) {}

  static async open(kind: (typeof queueKinds)[number]): Promise<ScheduleWorld> {
    const redis = kind === "redis" ? await startRedis() : undefined;
    return new ScheduleWorld(await openTestPortal(redis ? { REDIS_URL: redis.url } : {}), redis);
  }

  async close(): Promise<void> {
    await this.database.drop();
    await this.redis?.stop();
  }

  /** Stops the workers and empties the queue, for the next test. */
  async reset(): Promise<void> {
    await Promise.all(this.stops.map((stop) => stop()));
    await this.forgetQueue();
    await closeQueues(1_000);
    this.stops = [];
    this.sweeps = [];
    this.sweepMs = 0;
    this.metered = 0;
    this.failure = null;
  }

  /** What a lost Redis or emptied tables leave. */
  async forgetQueue(): Promise<void> {
    if (this.redis) return await this.redis.flush();
    const tables = await query<{ name: string }>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'bullmq' AND tablename <> 'migration'`,
    );
    const list = tables.map(({ name }) => `bullmq.${name}`).join(", ");
    if (list) await this.database.pool.query(`TRUNCATE ${list}`);
  }

  async startOne(role: Role = "provisioning"): Promise<Turns> {
    const turns = new Turns({
      ...handlers,
      "runs.sweep": async () => () => this.sweep(),
      "metering.hours": async () => () => this.meter(),
    });
    this.stops.push(await startJobs([role], turns));
    return turns;
  }

  async startTwo(): Promise<void> {
    await Promise.all([this.startOne(), this.startOne()]);
  }

  async schedulers(role: Role = "provisioning"): Promise<[string, number][]> {
    const found = await (await getQueue(role)).getJobSchedulers();
    return found.map(({ key, every }) => [key, Number(every)]);
  }

  /** Moves the moment at which a scheduler is due. */
  async moveNextTurn(role: Role, name: JobName, byMs: number): Promise<void> {
    if (this.redis) {
      await this.redis.client.zadd(`bull:${role}:repeat`, String(Date.now() + byMs), name);
      return;
    }
    await this.database.pool.query(
      "UPDATE bullmq.scheduler SET next_run_ms = next_run_ms + $1::bigint WHERE queue = $2",
      [byMs, role],
    );
  }

  /** Takes the pending turns of a role away, as a worker that dies between taking one and adding the next. */
  async losePending(role: Role): Promise<void> {
    if (this.redis) await this.redis.client.del(`bull:${role}:delayed`, `bull:${role}:wait`);
    else await this.database.pool.query("DELETE FROM bullmq.job WHERE queue = $1", [role]);
  }

  private async sweep(): Promise<void> {
    const startMs = performance.now();
    await sleep(this.sweepMs);
    this.sweeps.push({ startMs, endMs: performance.now() });
  }

  private async meter(): Promise<void> {
    if (this.failure) throw this.failure;
    this.metered += 1;
  }
}
