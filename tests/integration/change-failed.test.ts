import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunKind, RunRunner } from "@/lib/engine/run";
import { newId } from "@/lib/kernel/ids";
import { actorOf, createWorld, until, type World } from "../support/world";

/** Answers with the status it was told to. */
const script = `require("http").createServer((_, answer) => { answer.statusCode = Number(process.env.ANSWER); answer.end(process.env.WORD); })
  .listen(process.env.PORT, "127.0.0.1")`;

const component = {
  process: {
    program: "node",
    args: ["-e", script],
    ports: [8080],
    environment: { ANSWER: "${{ parameters.answer }}", WORD: "${{ parameters.word }}" },
  },
  health: { http: "/", interval: "1s", timeout: "1s", failures: 2, grace: "3s" },
};
const parameters = {
  properties: {
    answer: { type: "integer", default: 200 },
    word: { type: "string", default: "first" },
  },
};

let world: World;
let runner: RunRunner;

beforeAll(async () => {
  world = await createWorld();
  await world.database.pool.query(
    `INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, 'machine', 'This machine', 'machine', $2, now())`,
    [newId("cloud"), JSON.stringify({ portRange: [21_730, 21_759] })],
  );
  await world.publish("page", { front: component, back: component }, { parameters });
  runner = await world.runner("test", {
    attemptMs: 120_000,
    leaseMs: 15_000,
    heartbeatMs: 3_000,
    stepAttempts: 1,
  });
}, 120_000);

afterAll(async () => {
  const { rows } = await world.database.pool.query(
    "SELECT id FROM environment WHERE destroyed_at IS NULL AND NOT is_demo",
  );
  for (const { id } of rows) await request({ kind: "destroy", environment: id });
  await runner?.stop(5_000);
  await world?.close();
});

async function submit(body: Record<string, unknown>) {
  const { submitRequest } = await import("@/lib/features/requests");
  const submitted = await submitRequest(await actorOf(world, "developer"), {
    reason: "test",
    ...body,
  } as Parameters<typeof submitRequest>[1]);
  runner.wake();
  return { ...submitted, runId: submitted.runId ?? "" };
}

async function request(body: Record<string, unknown>) {
  const submitted = await submit(body);
  return { ...submitted, status: await endOf(submitted.runId) };
}

async function endOf(runId: string): Promise<string> {
  const { status } = await until(
    async () =>
      (await world.database.pool.query("SELECT status::text FROM run WHERE id = $1", [runId])).rows[0],
    (run) => ["succeeded", "failed", "unknown", "cancelled"].includes(run.status),
    120_000,
    20,
  );
  return status;
}

async function create(name: string, given: Record<string, unknown> = {}) {
  return request({
    kind: "create",
    project: "team",
    template: "page",
    name,
    cloud: "machine",
    parameters: given,
  });
}

async function seen(id: string) {
  const { getEnvironment } = await import("@/lib/features/environments");
  return getEnvironment(await actorOf(world, "developer"), id);
}

async function answerOf(id: string, name = "front"): Promise<string> {
  const url = (await seen(id)).resources.find((one) => one.component === name)?.url ?? "";
  const answer = await fetch(url, { headers: { connection: "close" } });
  return `${answer.status} ${await answer.text()}`;
}

it("leaves a creation that never succeeded failed", async () => {
  const { environmentId, runId, status } = await create("never", { answer: 503 });
  expect(status).toBe("failed");
  expect(await seen(environmentId)).toMatchObject({
    status: "failed",
    failedChange: { runId, kind: "create", status: "failed" },
  });
});

it("keeps an environment running when a change fails, and takes the change back for good", async () => {
  const { environmentId } = await create("serving");
  expect(await answerOf(environmentId)).toBe("200 first");

  const failed = await request({ kind: "update", environment: environmentId, parameters: { answer: 503 } });
  expect(failed.status).toBe("failed");
  expect(await seen(environmentId)).toMatchObject({
    status: "running",
    failedChange: { runId: failed.runId, kind: "update", status: "failed" },
    can: { change: true },
  });

  // It is watched and healed like any other: the check finds what the change left behind.
  const { monitoringTick } = await import("@/lib/features/monitoring");
  await until(
    async () => {
      await world.database.pool.query("UPDATE environment SET next_check_at = now() WHERE id = $1", [
        environmentId,
      ]);
      await monitoringTick(AbortSignal.timeout(30_000));
      const { rows } = await world.database.pool.query(
        "SELECT 1 FROM incident WHERE environment_id = $1 AND closed_at IS NULL",
        [environmentId],
      );
      return rows.length;
    },
    (open) => open > 0,
    30_000,
    500,
  );
  await until(
    async () => {
      runner.wake();
      const { rows } = await world.database.pool.query(
        "SELECT status::text FROM run WHERE environment_id = $1 AND kind = 'heal' ORDER BY created_at DESC LIMIT 1",
        [environmentId],
      );
      return rows[0];
    },
    (run) => run !== undefined && !["queued", "running", "parked"].includes(run.status),
    90_000,
    500,
  );

  // What healing restarted is still what the failed change left: going back has to apply something.
  const { rollbackRequest } = await import("@/lib/features/runs");
  const back = await rollbackRequest(await actorOf(world, "developer"), failed.runId);
  expect((await request(back)).status).toBe("succeeded");
  expect(await answerOf(environmentId)).toBe("200 first");
  expect(await answerOf(environmentId, "back")).toBe("200 first");
  expect(await seen(environmentId)).toMatchObject({ status: "running", failedChange: null });
}, 180_000);

it("does not take a restart for the change that failed", async () => {
  const { environmentId } = await create("restarted");
  await world.database.pool.query("UPDATE environment SET parameters = parameters || $2 WHERE id = $1", [
    environmentId,
    JSON.stringify({ word: "second" }),
  ]);
  // The desired state moved on and nothing applied it, as after a change that failed early.
  expect((await request({ kind: "restart", environment: environmentId })).status).toBe("succeeded");
  expect(await answerOf(environmentId)).toBe("200 first");
  const update = await request({ kind: "update", environment: environmentId, parameters: {} });
  expect(update.status).toBe("succeeded");
  expect(await answerOf(environmentId)).toBe("200 second");
}, 120_000);

it("keeps an environment running when a change is canceled on the way", async () => {
  const { environmentId } = await create("canceled");
  const { runId } = await submit({ kind: "update", environment: environmentId, parameters: { answer: 503 } });
  await until(
    async () =>
      (
        await world.database.pool.query(
          "SELECT count(*)::int AS n FROM step WHERE run_id = $1 AND status = 'running'",
          [runId],
        )
      ).rows[0].n,
    (running) => running > 0,
    30_000,
  );
  const { cancelRun } = await import("@/lib/features/runs");
  await cancelRun(await actorOf(world, "developer"), runId);
  runner.wake();
  expect(await endOf(runId)).toBe("cancelled");
  expect(await seen(environmentId)).toMatchObject({
    status: "running",
    failedChange: { runId, kind: "update", status: "cancelled" },
  });
}, 120_000);

it("forgets a failed change when it is dismissed, and only that of a usable environment", async () => {
  const { environmentId } = await create("dismissed");
  await request({ kind: "update", environment: environmentId, parameters: { answer: 503 } });
  const { dismissFailedChange } = await import("@/lib/features/environments");
  const developer = await actorOf(world, "developer");
  await dismissFailedChange(developer, environmentId);
  expect((await seen(environmentId)).failedChange).toBeNull();
  await expect(dismissFailedChange(developer, environmentId)).rejects.toMatchObject({ code: "conflict" });

  const broken = await create("broken", { answer: 503 });
  await expect(dismissFailedChange(developer, broken.environmentId)).rejects.toMatchObject({
    code: "conflict",
  });
}, 120_000);

it("tells by what exists what an environment is after a failure", async () => {
  const { environmentId, runId } = await create("judged");
  const { statusesAfterFailures } = await import("@/lib/features/runs/unfinished");
  const { pooled } = await import("@/lib/platform/db");
  const client = await world.database.pool.connect();
  const after = async (kind: RunKind) =>
    (await statusesAfterFailures({ ...pooled, client }, [{ runId, environmentId, kind }])).get(environmentId);
  try {
    await client.query("BEGIN");
    expect([await after("update"), await after("destroy")]).toEqual(["running", "running"]);
    await client.query(
      "UPDATE resource SET status = 'stopped' WHERE component = 'front' AND environment_id = $1",
      [environmentId],
    );
    expect(await after("stop"), "half of it still runs").toBe("running");
    await client.query("UPDATE resource SET status = 'stopped' WHERE environment_id = $1", [environmentId]);
    expect(await after("start")).toBe("stopped");
    await client.query("UPDATE step SET action = 'delete' WHERE run_id = $1 AND component = 'front'", [
      runId,
    ]);
    expect(await after("destroy"), "a part of it is gone").toBe("failed");
    await client.query("DELETE FROM resource WHERE environment_id = $1", [environmentId]);
    expect(await after("update")).toBe("failed");
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}, 60_000);
