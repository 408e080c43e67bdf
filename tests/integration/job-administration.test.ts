import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { POST as retry } from "@/app/api/v1/queues/[name]/retry/route";
import { GET as listSchedules } from "@/app/api/v1/schedules/route";
import { recordTurns } from "@/lib/features/workers";
import { query } from "@/lib/platform/db";
import { queueStats } from "@/lib/platform/queue";
import { getQueue } from "@/lib/platform/queue/connection";
import { call, makePerson } from "../support/portal";
import { queueKinds, ScheduleWorld } from "../support/schedule-world";
import { until } from "../support/world";

describe.each(queueKinds)("recurring jobs on %s, to an administrator", (kind) => {
  let world: ScheduleWorld;
  beforeAll(async () => {
    world = await ScheduleWorld.open(kind);
  });
  afterAll(async () => world?.close());
  afterEach(async () => world.reset());

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
    world.failure = new Error("the engine is away");
    const turns = await world.startOne("chargeback");
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

  it("are retried by an administrator, one failed job at a time, and by no one else", async () => {
    world.failure = new Error("the engine is away");
    const turns = await world.startOne("chargeback");
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
    world.failure = null;
    expect((await asked(admin.token, jobId)).status).toBe(200);
    await until(stats, (one) => !one?.failures.some(({ id }) => id === jobId), 10_000, 50);
    expect((await asked(admin.token, jobId)).status, "it is no failed job any more").toBe(404);
    const audited = await query<{ detail: unknown }>(
      "SELECT detail FROM audit_event WHERE action = 'queue.retry' AND actor_id = $1 ORDER BY seq",
      [admin.id],
    );
    expect(audited.map(({ detail }) => detail)).toContainEqual({ job: jobId });
    // It leaves the failed ones when it is queued again, a moment before it is done.
    await until(
      async () => world.metered,
      (count) => count >= 1,
      10_000,
      50,
    );
    // A retried turn doesn't begin a second series.
    await sleep(3_000);
    const pending = await (await getQueue("chargeback")).getJobs(["waiting", "delayed"]);
    expect(pending.length).toBeLessThanOrEqual(1);
    expect(turns.drain().at(-1)?.error).toBeNull();
  });
});
