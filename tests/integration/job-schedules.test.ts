import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { POST as retry } from "@/app/api/v1/queues/[name]/retry/route";
import { GET as listSchedules } from "@/app/api/v1/schedules/route";
import { recordTurns } from "@/lib/features/workers";
import { HeldLocks, query } from "@/lib/platform/db";
import { closeQueues, ensureSchedules, jobs, queueStats, schedulesOf } from "@/lib/platform/queue";
import { getQueue } from "@/lib/platform/queue/connection";
import { handlers } from "@/workers/handlers";
import { startJobs } from "@/workers/start-jobs";
import type { Stop } from "@/workers/stop";
import { Turns } from "@/workers/turns";
import type { TestDatabase } from "../support/database";
import { call, makePerson, useTestPortal } from "../support/portal";
import { hasRedis, startRedis, type TestRedis } from "../support/redis";
import { until } from "../support/world";

/**
 * Recurring jobs on real queues. Two "workers" are two sets of BullMQ workers, locks and safety loops, as two processes
 * would have; what they do is counted in place of the features' handlers.
 */

const backends = hasRedis() ? (["postgres", "redis"] as const) : (["postgres"] as const);
if (!hasRedis())
  process.stderr.write("SKIPPED: schedules on Redis, because redis-server is not on the PATH\n");

const role = "provisioning" as const;
const names = schedulesOf("housekeeping");

describe.each(backends)("recurring jobs on %s", (kind) => {
  let database: TestDatabase;
  let redis: TestRedis | undefined;
  let stops: Stop[];
  let sweeps: { startMs: number; endMs: number }[];
  let sweepMs: number;
  let failure: Error | null;

  beforeAll(async () => {
    if (kind === "redis") redis = await startRedis();
    database = await useTestPortal(redis ? { REDIS_URL: redis.url } : {});
  });
  afterAll(async () => {
    await database?.drop();
    await redis?.stop();
  });
  beforeEach(() => {
    stops = [];
    sweeps = [];
    sweepMs = 0;
    failure = null;
    metered = 0;
  });
  afterEach(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await forgetQueue();
    await closeQueues(1_000);
  });

  /** What a lost Redis or emptied tables leave. */
  async function forgetQueue(): Promise<void> {
    if (redis) return await redis.flush();
    const tables = await query<{ name: string }>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'bullmq' AND tablename <> 'migration'`,
    );
    const list = tables.map(({ name }) => `bullmq.${name}`).join(", ");
    if (list) await database.pool.query(`TRUNCATE ${list}`);
  }

  let metered: number;
  const meter = async () => {
    if (failure) throw failure;
    metered += 1;
  };

  async function sweep(): Promise<void> {
    const startMs = performance.now();
    await sleep(sweepMs);
    sweeps.push({ startMs, endMs: performance.now() });
  }

  async function startOne(of: typeof role | "chargeback" = role): Promise<Turns> {
    const turns = new Turns({
      ...handlers,
      "runs.sweep": async () => sweep,
      "metering.hours": async () => meter,
    });
    stops.push(await startJobs([of], turns));
    return turns;
  }
  const startTwo = () => Promise.all([startOne(), startOne()]);

  const schedulers = async (of: typeof role | "housekeeping" = role) =>
    (await (await getQueue(of)).getJobSchedulers()).map(({ key, every }) => [key, Number(every)]);

  it("have one scheduler each, however many workers make them at once", async () => {
    await Promise.all(Array.from({ length: 8 }, () => ensureSchedules("housekeeping")));
    const expected = names.map((name) => [name, jobs[name].everyMs]);
    expect((await schedulers("housekeeping")).toSorted()).toEqual(expected.toSorted());
    const queue = await getQueue("housekeeping");
    const pending = await queue.getJobs(["waiting", "delayed"]);
    expect(pending.map((job) => job.name).toSorted(), "one turn each").toEqual([...names].toSorted());
  });

  it("are left alone by a worker that starts later", async () => {
    await ensureSchedules("housekeeping");
    const queue = await getQueue("housekeeping");
    const ids = async () => (await queue.getJobs(["waiting", "delayed"])).map((job) => job.id).toSorted();
    const before = await ids();
    for (let index = 0; index < 5; index += 1) expect(await ensureSchedules("housekeeping")).toEqual([]);
    expect(await ids()).toEqual(before);
  });

  it("lose what an older version left: other names, other intervals", async () => {
    const queue = await getQueue("housekeeping");
    await queue.upsertJobScheduler(
      "outbox",
      { every: 500, startDate: Date.now() + 60_000 },
      { name: "outbox", data: {} },
    );
    await queue.upsertJobScheduler("leases.due", { every: 3_600_000 }, { name: "leases.due", data: {} });
    await ensureSchedules("housekeeping");
    const found = await schedulers("housekeeping");
    expect(found.filter(([key]) => key === "outbox")).toEqual([]);
    expect(found.filter(([key]) => key === "leases.due")).toEqual([["leases.due", 15_000]]);
    expect(found).toHaveLength(names.length);
    const pending = await queue.getJobs(["waiting", "delayed"]);
    expect(pending.filter((job) => job.name === "outbox")).toEqual([]);
    const leases = pending.filter((job) => job.name === "leases.due");
    expect(leases).toHaveLength(1);
    expect((leases[0]?.timestamp ?? 0) + (leases[0]?.delay ?? 0)).toBeLessThan(Date.now() + 20_000);
  });

  it("are done once in their interval by two workers together, never two turns at once", async () => {
    sweepMs = 300;
    await startTwo();
    await sleep(11_000);
    // Every two seconds, and the one with which a worker starts.
    expect(sweeps.length).toBeGreaterThanOrEqual(4);
    expect(sweeps.length).toBeLessThanOrEqual(8);
    expectNoOverlap();
  });

  it("don't pile up behind a turn that lasts longer than the interval", async () => {
    sweepMs = 5_000;
    await startTwo();
    await sleep(13_000);
    expect(sweeps.length).toBeGreaterThanOrEqual(2);
    expectNoOverlap();
    const queue = await getQueue(role);
    const counts = await queue.getJobCounts("waiting", "delayed", "active");
    expect(counts.waiting).toBe(0);
    expect(counts.delayed).toBeLessThanOrEqual(1);
    sweepMs = 0;
  });

  function expectNoOverlap(): void {
    const ordered = sweeps.toSorted((left, right) => left.startMs - right.startMs);
    for (const [index, one] of ordered.entries()) {
      const next = ordered[index + 1];
      if (next)
        expect(next.startMs, "the next turn begins after the end of this one").toBeGreaterThanOrEqual(
          one.endMs,
        );
    }
  }

  it("go on after the queue forgot everything", async () => {
    await startTwo();
    await until(
      () => Promise.resolve(sweeps.length),
      (count) => count >= 2,
      15_000,
      50,
    );
    await forgetQueue();
    const forgottenMs = performance.now();
    const sweptSince = () => sweeps.filter((one) => one.startMs > forgottenMs + 500).length;
    await until(
      () => Promise.resolve(sweptSince()),
      (count) => count >= 1,
      12_000,
      50,
    );
    await until(schedulers, (found) => found.length > 0, 25_000, 100);
    expect(await schedulers()).toEqual([["runs.sweep", 15_000]]);
    const doneBefore = sweptSince();
    await until(
      () => Promise.resolve(sweptSince()),
      (count) => count >= doneBefore + 3,
      10_000,
      50,
    );
  });

  it("go on when the pending turn alone was lost", async () => {
    await ensureSchedules(role);
    const queue = await getQueue(role);
    // As after a worker that died between taking a turn and adding the next one, a minute ago.
    const minute = 60_000;
    if (redis) {
      const client = new Redis(redis.url);
      await client.del(`bull:${role}:delayed`, `bull:${role}:wait`);
      await client.zadd(`bull:${role}:repeat`, String(Date.now() - minute), "runs.sweep");
      client.disconnect();
    } else {
      await database.pool.query("DELETE FROM bullmq.job WHERE queue = $1", [role]);
      await database.pool.query(
        "UPDATE bullmq.scheduler SET next_run_ms = next_run_ms - $1::bigint WHERE queue = $2",
        [minute, role],
      );
    }
    expect(await queue.getJobs(["waiting", "delayed"])).toEqual([]);
    await startTwo();
    const pendingAgain = async () => (await queue.getJobs(["waiting", "delayed", "active"])).length;
    await until(pendingAgain, (count) => count > 0, 10_000, 50);
    await until(
      async () => sweeps.length,
      (count) => count >= 3,
      15_000,
      50,
    );
    expect((await queue.getJobSchedulers()).map(({ key }) => key)).toEqual(["runs.sweep"]);
  });

  it("are taken over within seconds from a worker that dies in its turn", async () => {
    // Its lock is all that another process sees of it.
    const dying = new HeldLocks();
    const held = await dying.take("job runs.sweep");
    expect(held).not.toBeNull();
    await startOne();
    await sleep(4_000);
    expect(sweeps).toEqual([]);
    await dying.close();
    const diedMs = performance.now();
    await until(
      async () => sweeps.length,
      (count) => count > 0,
      8_000,
      20,
    );
    expect((sweeps[0]?.startMs ?? Number.POSITIVE_INFINITY) - diedMs).toBeLessThan(8_000);
  });

  it("are due again at once after a clock that was ahead", async () => {
    await ensureSchedules(role);
    const day = 86_400_000;
    if (redis) {
      const client = new Redis(redis.url);
      await client.zadd(`bull:${role}:repeat`, String(Date.now() + day), "runs.sweep");
      client.disconnect();
    } else {
      await database.pool.query(
        "UPDATE bullmq.scheduler SET next_run_ms = next_run_ms + $1 WHERE queue = $2",
        [day, role],
      );
    }
    expect(await ensureSchedules(role)).toEqual(["runs.sweep"]);
    const next = (await (await getQueue(role)).getJobSchedulers())[0]?.next ?? Number.POSITIVE_INFINITY;
    expect(Number(next)).toBeLessThan(Date.now() + 5_000);
  });

  /** The queue's next turn, now: the first one may find that the start of the worker did it. */
  async function haveNextTurn(): Promise<void> {
    const queue = await getQueue("chargeback");
    const [next] = await until(
      async () => await queue.getDelayed(),
      (delayed) => delayed.length === 1,
      10_000,
      50,
    );
    await sleep(500);
    await next?.promote();
  }

  it("report how their newest turn went, and fail in sight of the administrator", async () => {
    failure = new Error("the engine is away");
    const turns = await startOne("chargeback");
    await haveNextTurn();
    const failed = async () => (await queueStats()).queues.find((one) => one.name === "chargeback");
    const stats = await until(failed, (one) => (one?.failures.length ?? 0) > 0, 15_000, 100);
    expect(stats?.failures[0]).toMatchObject({ job: "metering.hours", reason: "the engine is away" });
    const drained = turns.drain();
    expect(drained).toEqual([
      {
        name: "metering.hours",
        startedAt: expect.any(Date),
        durationMs: expect.any(Number),
        error: "the engine is away",
      },
    ]);
    await recordTurns(drained);
    const admin = await makePerson(`reader-${kind}`, { orgRole: "auditor" });
    const { status, body } = await call(listSchedules, { token: admin.token });
    expect(status).toBe(200);
    const shown = body.items.find((one: { name: string }) => one.name === "metering.hours");
    expect(shown).toMatchObject({
      everyMs: 60_000,
      turnMs: null,
      role: "chargeback",
      lastError: "the engine is away",
    });
    expect(Date.parse(shown.nextAt)).toBeGreaterThan(Date.now() - 10_000);
    expect(Date.parse(shown.lastAt)).toBeGreaterThan(Date.now() - 30_000);
    // An older turn, reported late by another worker, changes nothing.
    await recordTurns([{ name: "metering.hours", startedAt: new Date(0), durationMs: 1, error: null }]);
    const again = await call(listSchedules, { token: admin.token });
    expect(again.body.items.find((one: { name: string }) => one.name === "metering.hours")).toEqual({
      ...shown,
      nextAt: expect.any(String),
    });
  });

  it("are retried by an administrator, one failed job at a time, and by nobody else", async () => {
    failure = new Error("the engine is away");
    const turns = await startOne("chargeback");
    await haveNextTurn();
    const stats = async () => (await queueStats()).queues.find((one) => one.name === "chargeback");
    const seen = await until(stats, (one) => (one?.failures.length ?? 0) > 0, 15_000, 100);
    const jobId = seen?.failures[0]?.id ?? "";
    const asked = async (token: string, id: string) =>
      await call(retry, { method: "POST", params: { name: "chargeback" }, body: { jobId: id }, token });

    for (const orgRole of ["auditor", "finance", undefined] as const) {
      const person = await makePerson(`${orgRole ?? "nobody"}-${kind}`, orgRole ? { orgRole } : {});
      expect((await asked(person.token, jobId)).status, `as ${orgRole}`).toBe(403);
    }
    expect((await stats())?.failures.some((one) => one.id === jobId)).toBe(true);

    const admin = await makePerson(`admin-${kind}`, { orgRole: "admin" });
    failure = null;
    expect((await asked(admin.token, jobId)).status).toBe(200);
    await until(stats, (one) => !one?.failures.some(({ id }) => id === jobId), 10_000, 50);
    expect((await asked(admin.token, jobId)).status, "it is no failed job any more").toBe(404);
    const audited = await query<{ detail: unknown }>(
      "SELECT detail FROM audit_event WHERE action = 'queue.retry' AND actor_id = $1 ORDER BY seq",
      [admin.id],
    );
    expect(audited.map(({ detail }) => detail)).toContainEqual({ job: jobId });
    expect(metered).toBeGreaterThanOrEqual(1);
    // A retried turn doesn't begin a second series.
    await sleep(3_000);
    const pending = await (await getQueue("chargeback")).getJobs(["waiting", "delayed"]);
    expect(pending.length).toBeLessThanOrEqual(1);
    expect(turns.drain().at(-1)?.error).toBeNull();
  });
});

describe.skipIf(!hasRedis())("a Redis that goes away", () => {
  it("delays nothing by more than some seconds, and takes over again when it is back", async () => {
    let redis = await startRedis();
    const database = await useTestPortal({ REDIS_URL: redis.url });
    const sweptMs: number[] = [];
    const turns = new Turns({
      ...handlers,
      "runs.sweep": async () => async () => void sweptMs.push(performance.now()),
    });
    const stop = await startJobs([role], turns);
    try {
      await until(
        async () => sweptMs.length,
        (count) => count >= 3,
        15_000,
        50,
      );
      await redis.stop();
      const lostMs = performance.now();
      await sleep(16_000);
      const during = sweptMs.filter((at) => at > lostMs);
      expect(during.length).toBeGreaterThanOrEqual(4);
      const gaps = during.map((at, index) => at - (during[index - 1] ?? lostMs));
      expect(Math.max(...gaps), "the longest time without a turn").toBeLessThan(9_000);
      // Empty, as one without persistence comes back.
      redis = await startRedis(Number(new URL(redis.url).port));
      const schedulers = async () => (await getQueue(role)).getJobSchedulers().catch(() => []);
      await until(schedulers, (found) => found.length === 1, 30_000, 200);
      const backMs = performance.now();
      await until(
        async () => sweptMs.filter((at) => at > backMs).length,
        (count) => count >= 3,
        15_000,
        50,
      );
    } finally {
      await stop();
      await closeQueues(500);
      await database.drop();
      await redis.stop();
    }
  });
});
