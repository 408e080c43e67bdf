import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { HeldLocks } from "@/lib/platform/db";
import { ensureSchedules } from "@/lib/platform/queue";
import { getQueue } from "@/lib/platform/queue/connection";
import { queueKinds, ScheduleWorld } from "../support/schedule-world";
import { until } from "../support/world";

const role = "provisioning";

describe.each(queueKinds)("turns of recurring jobs on %s", (kind) => {
  let world: ScheduleWorld;
  beforeAll(async () => {
    world = await ScheduleWorld.open(kind);
  });
  afterAll(async () => world?.close());
  afterEach(async () => world.reset());

  it("are done once in their interval by two workers together, never two turns at once", async () => {
    world.sweepMs = 300;
    await world.startTwo();
    await sleep(11_000);
    // Every two seconds, and the one with which a worker starts.
    expect(world.sweeps.length).toBeGreaterThanOrEqual(4);
    expect(world.sweeps.length).toBeLessThanOrEqual(8);
    expectNoOverlap();
  });

  it("don't pile up behind a turn that lasts longer than the interval", async () => {
    world.sweepMs = 5_000;
    await world.startTwo();
    await sleep(13_000);
    expect(world.sweeps.length).toBeGreaterThanOrEqual(2);
    expectNoOverlap();
    const queue = await getQueue(role);
    const counts = await queue.getJobCounts("waiting", "delayed", "active");
    expect(counts.waiting).toBe(0);
    expect(counts.delayed).toBeLessThanOrEqual(1);
    world.sweepMs = 0;
  });

  function expectNoOverlap(): void {
    const ordered = world.sweeps.toSorted((left, right) => left.startMs - right.startMs);
    for (const [index, one] of ordered.entries()) {
      const next = ordered[index + 1];
      if (next)
        expect(next.startMs, "the next turn begins after the end of this one").toBeGreaterThanOrEqual(
          one.endMs,
        );
    }
  }

  it("continue after the queue forgot everything", async () => {
    await world.startTwo();
    await until(
      () => Promise.resolve(world.sweeps.length),
      (count) => count >= 2,
      15_000,
      50,
    );
    await world.forgetQueue();
    const forgottenMs = performance.now();
    const sweptSince = () => world.sweeps.filter((one) => one.startMs > forgottenMs + 500).length;
    await until(
      () => Promise.resolve(sweptSince()),
      (count) => count >= 1,
      12_000,
      50,
    );
    await until(
      () => world.schedulers(),
      (found) => found.length > 0,
      25_000,
      100,
    );
    expect(await world.schedulers()).toEqual([["runs.sweep", 15_000]]);
    const doneBefore = sweptSince();
    await until(
      () => Promise.resolve(sweptSince()),
      (count) => count >= doneBefore + 3,
      10_000,
      50,
    );
  });

  it("continue when the pending turn alone was lost", async () => {
    await ensureSchedules("provisioning");
    const queue = await getQueue("provisioning");
    await world.losePending("provisioning");
    await world.moveNextTurn("provisioning", "runs.sweep", -60_000);
    expect(await queue.getJobs(["waiting", "delayed"])).toEqual([]);
    await world.startTwo();
    const pendingAgain = async () => (await queue.getJobs(["waiting", "delayed", "active"])).length;
    await until(pendingAgain, (count) => count > 0, 10_000, 50);
    await until(
      async () => world.sweeps.length,
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
    await world.startOne();
    await sleep(4_000);
    expect(world.sweeps).toEqual([]);
    await dying.close();
    const diedMs = performance.now();
    await until(
      async () => world.sweeps.length,
      (count) => count > 0,
      8_000,
      20,
    );
    expect((world.sweeps[0]?.startMs ?? Number.POSITIVE_INFINITY) - diedMs).toBeLessThan(8_000);
  });
});
