import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ensureSchedules, jobs, schedulesOf } from "@/lib/platform/queue";
import { getQueue } from "@/lib/platform/queue/connection";
import { queueKinds, ScheduleWorld } from "../support/schedule-world";

const names = schedulesOf("housekeeping");

describe.each(queueKinds)("schedules of recurring jobs on %s", (kind) => {
  let world: ScheduleWorld;
  beforeAll(async () => {
    world = await ScheduleWorld.open(kind);
  });
  afterAll(async () => world?.close());
  afterEach(async () => world.reset());

  it("have one scheduler each, however many workers make them at once", async () => {
    await Promise.all(Array.from({ length: 8 }, () => ensureSchedules("housekeeping")));
    const expected = names.map((name) => [name, jobs[name].everyMs]);
    expect((await world.schedulers("housekeeping")).toSorted()).toEqual(expected.toSorted());
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
    const found = await world.schedulers("housekeeping");
    expect(found.filter(([key]) => key === "outbox")).toEqual([]);
    expect(found.filter(([key]) => key === "leases.due")).toEqual([["leases.due", 15_000]]);
    expect(found).toHaveLength(names.length);
    const pending = await queue.getJobs(["waiting", "delayed"]);
    expect(pending.filter((job) => job.name === "outbox")).toEqual([]);
    const leases = pending.filter((job) => job.name === "leases.due");
    expect(leases).toHaveLength(1);
    expect((leases[0]?.timestamp ?? 0) + (leases[0]?.delay ?? 0)).toBeLessThan(Date.now() + 20_000);
  });

  it("are due again at once after a clock that was ahead", async () => {
    await ensureSchedules("provisioning");
    await world.moveNextTurn("provisioning", "runs.sweep", 86_400_000);
    expect(await ensureSchedules("provisioning")).toEqual(["runs.sweep"]);
    const [scheduler] = await (await getQueue("provisioning")).getJobSchedulers();
    expect(Number(scheduler?.next ?? Number.POSITIVE_INFINITY)).toBeLessThan(Date.now() + 5_000);
  });
});
