import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { actorOf, createWorld, until, type World } from "../support/world";

let world: World;
let runner: RunRunner;
const names = ["again", "broken", "murky", "hanging", "garbage", "lost", "late", "chained"];
const faults = [
  { call: "apply", component: "again", effect: "retryable", times: 2 },
  { call: "apply", component: "broken", effect: "permanent", times: 1 },
  { call: "apply", component: "murky", effect: "unknown", when: "after", times: 1 },
  { call: "apply", component: "hanging", effect: "hang", times: 1 },
  { call: "apply", component: "garbage", effect: "rubbish", when: "after", times: 1 },
  { call: "apply", component: "lost", effect: "unknown", when: "after", times: 1 },
  { call: "observe", component: "lost", effect: "unknown", times: 4 },
];

beforeAll(async () => {
  world = await createWorld({ cloudConfig: { faults } });
  for (const name of names) {
    await world.publish(name, { [name]: { container: { image: "x" } } });
  }
  const link = (name: string) => ({
    container: { image: "x", environment: { ABOVE: `\${{ components.${name}.host }}` } },
  });
  await world.publish("chain", {
    first: { container: { image: "x" } },
    broken: link("first"),
    last: link("broken"),
    beside: { container: { image: "x" } },
  });
  runner = await world.runner("test", { attemptMs: 300 });
});

afterAll(async () => {
  await runner.stop(2_000);
  await world.close();
});

async function create(template: string, name = template) {
  const { submitRequest } = await import("@/lib/features/requests");
  const submitted = await submitRequest(await actorOf(world, "developer"), {
    kind: "create",
    project: "team",
    template,
    name,
    parameters: {},
    reason: "",
  });
  runner.wake();
  return submitted;
}

async function run(id: string | undefined) {
  const { rows } = await world.database.pool.query(
    `SELECT u.status::text, u.error->>'message' AS message, e.status::text AS environment,
       (SELECT json_agg(json_build_object('c', s.component, 's', s.status, 'a', s.attempts) ORDER BY s.position) FROM step s WHERE s.run_id = u.id) AS steps
     FROM run u JOIN environment e ON e.id = u.environment_id WHERE u.id = $1`,
    [id],
  );
  return rows[0];
}

const settled = (id: string | undefined) =>
  until(
    () => run(id),
    (row) =>
      !["queued", "running", "parked"].includes(row.status) &&
      !["provisioning", "changing"].includes(row.environment),
  );

async function created(component: string): Promise<number> {
  const { readFile } = await import("node:fs/promises");
  const journal = await readFile(`${world.dataDir}/clouds/${world.cloudId}/journal.ndjson`, "utf8");
  return journal.split("\n").filter((line) => line.includes(`"created"`) && line.includes(`-${component}-`))
    .length;
}

describe("a cloud that fails", () => {
  it("is tried again when it says so", async () => {
    const submitted = await create("again");
    expect(await settled(submitted.runId)).toMatchObject({
      status: "succeeded",
      steps: [{ c: "again", s: "succeeded", a: 3 }],
    });
    expect(await created("again")).toBe(1);
  });

  it("ends the run with its words, and resume continues from there", async () => {
    const submitted = await create("broken");
    const failed = await settled(submitted.runId);
    expect(failed).toMatchObject({ status: "failed", environment: "failed" });
    expect(failed.message).toContain("broken: Simulated failure");
    const held = async () =>
      (
        await world.database.pool.query("SELECT state::text FROM reservation WHERE environment_id = $1", [
          submitted.environmentId,
        ])
      ).rows;
    // Nothing came of it, so nothing is held; continuing takes the capacity again.
    expect(await held()).toEqual([{ state: "released" }]);
    const { resumeStoppedRun } = await import("@/lib/features/runs");
    await resumeStoppedRun(await actorOf(world, "developer"), submitted.runId ?? "");
    runner.wake();
    expect(await settled(submitted.runId)).toMatchObject({ status: "succeeded", environment: "running" });
    expect(await held()).toEqual([{ state: "converted" }]);
  });

  it("keeps what does not depend on the failure, and finishes the rest after a resume", async () => {
    const submitted = await create("chain", "chained-up");
    expect(await settled(submitted.runId)).toMatchObject({
      status: "failed",
      steps: expect.arrayContaining([
        { c: "beside", s: "succeeded", a: 1 },
        { c: "broken", s: "failed", a: 1 },
        { c: "last", s: "pending", a: 0 },
      ]),
    });
    const { rollbackRequest, resumeStoppedRun } = await import("@/lib/features/runs");
    const developer = await actorOf(world, "developer");
    expect(await rollbackRequest(developer, submitted.runId ?? "")).toMatchObject({ kind: "destroy" });
    await resumeStoppedRun(developer, submitted.runId ?? "");
    runner.wake();
    expect(await settled(submitted.runId)).toMatchObject({ status: "succeeded" });
    expect(await created("beside")).toBe(1);
  });

  it.each(["murky", "garbage"])(
    "is looked at instead of repeated when no one knows what it did (%s)",
    async (name) => {
      const submitted = await create(name);
      expect(await settled(submitted.runId)).toMatchObject({
        status: "succeeded",
        steps: [{ c: name, s: "succeeded", a: 1 }],
      });
      expect(await created(name)).toBe(1);
    },
  );

  it("is left when it hangs, and tried again", async () => {
    const submitted = await create("hanging");
    expect(await settled(submitted.runId)).toMatchObject({ status: "succeeded" });
    expect(await created("hanging")).toBe(1);
  });

  it("waits for a person when it cannot be looked at either, and resume looks first", async () => {
    const submitted = await create("lost");
    expect(await settled(submitted.runId)).toMatchObject({
      status: "unknown",
      environment: "failed",
      steps: [{ c: "lost", s: "unknown", a: 1 }],
    });
    expect(await created("lost")).toBe(1);
    const { resumeStoppedRun } = await import("@/lib/features/runs");
    await resumeStoppedRun(await actorOf(world, "developer"), submitted.runId ?? "");
    runner.wake();
    expect(await settled(submitted.runId)).toMatchObject({ status: "succeeded" });
    expect(await created("lost")).toBe(1);
  });
});
