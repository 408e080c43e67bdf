import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { actorOf, createWorld, quickLimits, until, type World } from "../support/world";

/** More often than a step is tried. */
const often = quickLimits.stepAttempts + 3;
const faults = [
  { call: "apply", component: "away", effect: "unreachable", times: often },
  { call: "apply", component: "blind", effect: "unknown", when: "after", times: 1 },
  { call: "observe", component: "blind", effect: "unreachable", times: often },
  { call: "apply", component: "mixed", effect: "unreachable", times: often },
  { call: "apply", component: "mixed", effect: "retryable", times: quickLimits.stepAttempts - 1 },
  { call: "apply", component: "gone", effect: "unreachable", times: null },
];

let world: World;
let runner: RunRunner;

beforeAll(async () => {
  world = await createWorld({ cloudConfig: { faults } });
  for (const name of ["away", "blind", "mixed", "gone"])
    await world.publish(name, { [name]: { container: { image: "x" } } });
  runner = await world.runner("test", { cloudRetryMs: 600, parkAfterMs: 200 });
});
afterAll(async () => {
  await runner.stop(2_000);
  await world.close();
});

async function create(template: string): Promise<string> {
  const { submitRequest } = await import("@/lib/features/requests");
  const { runId = "" } = await submitRequest(await actorOf(world, "developer"), {
    kind: "create",
    project: "team",
    template,
    name: template,
    parameters: {},
    reason: "",
  });
  runner.wake();
  return runId;
}

interface Seen {
  status: string;
  message: string | null;
  since: string | null;
  deadlineMs: number;
  attempts: number;
}

async function look(id: string): Promise<Seen> {
  const { rows } = await world.database.pool.query<Seen>(
    `SELECT u.status::text, u.error->>'message' AS message, u.error->'unreachable'->>'since' AS since,
       extract(epoch FROM u.deadline_at) * 1000 AS "deadlineMs",
       (SELECT max(attempts) FROM step s WHERE s.run_id = u.id) AS attempts FROM run u WHERE u.id = $1`,
    [id],
  );
  if (!rows[0]) throw new Error("There is no such run.");
  return rows[0];
}

describe("a cloud that cannot be reached", () => {
  it("parks the run, says since when, and costs neither attempts nor time", async () => {
    const id = await create("away");
    const before = await look(id);
    const parked = await until(
      () => look(id),
      (one) => one.status === "parked",
    );
    expect(parked.message).toMatch(
      /^away: Waiting since \d{4}-.*Z: Cloud Simulated is unreachable\. The simulated cloud is unreachable\.$/,
    );
    expect(parked.since).toMatch(/^\d{4}-/);
    const done = await until(
      () => look(id),
      (one) => one.status === "succeeded",
      30_000,
    );
    expect(done.attempts).toBeGreaterThan(quickLimits.stepAttempts);
    expect(done.message).toBeNull();
    expect(Number(done.deadlineMs)).toBeGreaterThan(Number(before.deadlineMs));
  }, 60_000);

  it("is asked what happened before anything is repeated", async () => {
    const id = await create("blind");
    await until(
      () => look(id),
      (one) => one.status === "parked",
    );
    await until(
      () => look(id),
      (one) => one.status === "succeeded",
      30_000,
    );
    const { rows } = await world.database.pool.query(
      "SELECT string_agg(text, ' ') AS log FROM step_log WHERE run_id = $1",
      [id],
    );
    expect(rows[0].log).toContain("The cloud was unreachable. Checking the current state.");
  }, 60_000);

  it("leaves all attempts for when it is back", async () => {
    const id = await create("mixed");
    await until(
      () => look(id),
      (one) => one.status === "succeeded",
      40_000,
    );
  }, 60_000);

  it("fails the run after its limit", async () => {
    const strict = await world.runner("strict", {
      cloudWaitMs: 1_500,
      cloudRetryMs: 300,
      parkAfterMs: 100_000,
    });
    await runner.stop(2_000);
    const id = await create("gone");
    strict.wake();
    const failed = await until(
      () => look(id),
      (one) => one.status === "failed",
      40_000,
    );
    expect(failed.message).toContain("Cloud Simulated is unreachable");
    await strict.stop(2_000);
  }, 60_000);
});
