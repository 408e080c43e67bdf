import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { putStatus } from "@/tests/support/put-status";
import { insertRuns } from "../support/many-runs";
import { actorOf, createWorld, until, type World } from "../support/world";

let world: World;

beforeAll(async () => {
  world = await createWorld({ project: { quotaEnvironments: 5 }, cloudConfig: { latencyMs: [150, 200] } });
  const chain: Record<string, unknown> = { c0: { container: { image: "x" } } };
  for (let index = 1; index < 8; index += 1) {
    chain[`c${index}`] = { container: { image: "x" }, requires: [`c${index - 1}`] };
  }
  await world.publish("one", { only: { container: { image: "x" } } });
  await world.publish("chain", chain);
});

afterAll(async () => {
  await world.close();
});

async function create(template: string, name: string) {
  const { submitRequest } = await import("@/lib/features/requests");
  return submitRequest(await actorOf(world, "developer"), {
    kind: "create",
    project: "team",
    template,
    name,
    parameters: {},
    reason: "",
  });
}

async function count(sql: string): Promise<number> {
  return Number((await world.database.pool.query(`SELECT count(*)::int AS count FROM ${sql}`)).rows[0].count);
}

async function runStore() {
  const { PostgresRunStore } = await import("@/lib/engine/run/postgres");
  const { getPool, inTransaction } = await import("@/lib/platform/db");
  return new PostgresRunStore(getPool(), inTransaction);
}

describe("races", () => {
  it("gives the last quota slot to exactly one of twenty", async () => {
    for (let index = 0; index < 4; index += 1) await create("one", `taken-${index}`);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => create("one", `race-${index}`)),
    );
    const lost = results.filter((one) => one.status === "rejected");
    expect(results.length - lost.length).toBe(1);
    for (const one of lost) expect(one.status === "rejected" && one.reason.code).toBe("quota_exceeded");
    expect(await count("environment WHERE name LIKE 'race-%'")).toBe(1);
    expect(
      await count("request q JOIN environment e ON e.id = q.environment_id WHERE e.name LIKE 'race-%'"),
    ).toBe(1);
    await world.database.pool.query("UPDATE project SET quota_environments = NULL");
  });

  it("gives a name to exactly one of ten", async () => {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => create("one", "same-name")));
    expect(results.filter((one) => one.status === "fulfilled")).toHaveLength(1);
  });

  it("lets only one change of an environment run at a time", async () => {
    const runner = await world.runner("solo");
    const first = await create("one", "contended");
    runner.wake();
    await until(
      async () =>
        (
          await world.database.pool.query("SELECT status::text FROM environment WHERE id = $1", [
            first.environmentId,
          ])
        ).rows[0].status,
      (status) => status === "running",
    );
    await runner.stop(2_000);
    const { submitRequest } = await import("@/lib/features/requests");
    const developer = await actorOf(world, "developer");
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        submitRequest(developer, { kind: "restart", environment: first.environmentId, reason: "" }),
      ),
    );
    expect(results.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    expect(await count(`run WHERE environment_id = '${first.environmentId}' AND status = 'queued'`)).toBe(1);
  });

  it("shows the end of a run only together with what it led to", async () => {
    const { pool } = world.database;
    const submitted = await create("one", "together");
    const seen = async () =>
      (
        await pool.query<{ run: string; request: string; environment: string; open: number }>(
          `SELECT u.status::text AS run, q.status::text AS request, e.status::text AS environment,
             (SELECT count(*)::int FROM step s WHERE s.run_id = u.id AND s.status <> 'succeeded') AS open
           FROM run u JOIN request q ON q.run_id = u.id JOIN environment e ON e.id = u.environment_id WHERE u.id = $1`,
          [submitted.runId],
        )
      ).rows[0];
    const holder = await pool.connect();
    const runner = await world.runner("together");
    try {
      await holder.query("BEGIN");
      await holder.query("SELECT 1 FROM environment WHERE id = $1 FOR NO KEY UPDATE", [
        submitted.environmentId,
      ]);
      runner.wake();
      await until(seen, (now) => now?.open === 0);
      // Everything is done, and its environment is held by someone else: neither half of the end is there.
      await sleep(300);
      expect(await seen()).toMatchObject({ run: "running", request: "running", environment: "provisioning" });
      await holder.query("COMMIT");
      const ended = await until(seen, (now) => now?.run === "succeeded");
      expect(ended).toMatchObject({ request: "succeeded", environment: "running" });
    } finally {
      await holder.query("ROLLBACK");
      holder.release();
      await runner.stop(1_000);
    }
  });

  it("fences the owner that lost its lease: its writes are refused and every thing exists once", async () => {
    const slow = await world.runner("first", { leaseMs: 200, heartbeatMs: 60_000 });
    const submitted = await create("chain", "fenced");
    slow.wake();
    await until(
      () => count(`run WHERE id = '${submitted.runId}' AND status = 'running'`),
      (running) => running === 1,
    );
    // The first owner never renews; the second takes over while the first still works.
    const second = await world.runner("second", { leaseMs: 10_000 });
    const timer = setInterval(() => second.wake(), 50);
    const row = await until(
      async () =>
        (
          await world.database.pool.query("SELECT status::text, fence FROM run WHERE id = $1", [
            submitted.runId,
          ])
        ).rows[0],
      (run) => run.status === "succeeded",
    );
    clearInterval(timer);
    expect(row.fence).toBeGreaterThanOrEqual(2);
    await Promise.all([slow.stop(1_000), second.stop(1_000)]);
    const { readFile } = await import("node:fs/promises");
    const journal = await readFile(`${world.dataDir}/clouds/${world.cloudId}/journal.ndjson`, "utf8");
    const made = journal.split("\n").filter((line) => line.includes("sim-fenced-"));
    expect(new Set(made.map((line) => JSON.parse(line).created)).size).toBe(8);
    expect(made).toHaveLength(8);
    expect(await count(`resource WHERE environment_id = '${submitted.environmentId}'`)).toBe(8);
  });

  it("refuses a write with an old fence, whatever the step", async () => {
    const { StepWriter, FenceLost } = await import("@/lib/engine/run");
    const { claimRuns } = await import("@/lib/engine/run/postgres");
    const submitted = await create("one", "old-fence");
    await world.database.pool.query(
      "UPDATE run SET wake_at = now() + interval '1 hour' WHERE id <> $1 AND status IN ('queued', 'parked')",
      [submitted.runId],
    );
    const { pool } = world.database;
    const [first] = await claimRuns(pool, { workerId: "a", leaseMs: 1, limit: 10 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const [second] = await claimRuns(pool, { workerId: "b", leaseMs: 60_000, limit: 10 });
    expect(second?.run.id).toBe(first?.run.id);
    const writer = new StepWriter(await runStore());
    const move = (claimed: typeof first) => {
      const step = claimed?.steps[0];
      if (!claimed || !step) throw new Error("nothing was claimed");
      return writer.write({
        step,
        environmentId: claimed.run.environmentId,
        fence: claimed.run.fence,
        to: "running",
      });
    };
    await expect(move(first)).rejects.toBeInstanceOf(FenceLost);
    await move(second);
    expect(await count(`step WHERE run_id = '${submitted.runId}' AND status = 'running'`)).toBe(1);
  });

  it("never lets writers, renewals and ends of the same runs wait for each other in a circle", async () => {
    const { StepWriter } = await import("@/lib/engine/run");
    const { claimRuns, endRuns, renewLeases } = await import("@/lib/engine/run/postgres");
    const { pool } = world.database;
    const components = ["a", "b", "c"];
    const none = { container: { image: "x" } };
    const versionId = await world.publish(
      "three",
      Object.fromEntries(components.map((name) => [name, none])),
    );
    await putStatus(pool, "UPDATE run SET status = 'succeeded' WHERE status <> 'succeeded'");
    await insertRuns(world, { versionId, components, count: 60, name: "crowd" });
    const claimed = await claimRuns(pool, { workerId: "crowd", leaseMs: 60_000, limit: 100 });
    expect(claimed).toHaveLength(60);
    const owned = claimed.map(({ run }) => ({ id: run.id, fence: run.fence }));
    const shuffled = () => [...owned].sort(() => Math.random() - 0.5);
    const writer = new StepWriter(await runStore());
    const writes = async () => {
      for (const position of [0, 1, 2]) {
        for (const to of ["running", "succeeded"] as const) {
          const all = [...claimed].sort(() => Math.random() - 0.5);
          await Promise.all(
            all.map(({ run, steps }) => {
              const step = steps[position];
              if (!step) throw new Error("a step is missing");
              return writer.write({ step, environmentId: run.environmentId, fence: run.fence, to });
            }),
          );
        }
      }
    };
    let written = false;
    const renewals = async () => {
      while (!written) expect((await renewLeases(pool, shuffled(), 60_000)).size).toBe(60);
    };
    await Promise.all([
      writes().finally(() => {
        written = true;
      }),
      renewals(),
      renewals(),
      renewals(),
    ]);
    const ended = await Promise.all([
      endRuns(
        pool,
        shuffled().map((one) => ({ ...one, status: "succeeded" as const })),
      ),
      renewLeases(pool, shuffled(), 60_000),
      renewLeases(pool, shuffled(), 60_000),
    ]);
    expect(ended[0].size).toBe(60);
  });

  it("starts what waited for a step alone in the very write that finishes it, or not at all", async () => {
    const { StepWriter, FenceLost } = await import("@/lib/engine/run");
    const { claimRuns } = await import("@/lib/engine/run/postgres");
    const { pool } = world.database;
    const none = { container: { image: "x" } };
    const versionId = await world.publish("pair", { a: none, b: { ...none, requires: ["a"] } });
    await insertRuns(world, { versionId, components: ["a", "b"], count: 1, name: "pair" });
    const [claimed] = await claimRuns(pool, { workerId: "pair", leaseMs: 60_000, limit: 1 });
    const [first, second] = claimed?.steps ?? [];
    if (!claimed || !first || !second) throw new Error("nothing was claimed");
    const { environmentId, fence, id } = claimed.run;
    const writer = new StepWriter(await runStore());
    await writer.write({ step: first, environmentId, fence, to: "running" });
    // Someone else touched the second step: its start is refused, and the walk must hear of it.
    await putStatus(pool, "UPDATE step SET status = 'cancelled' WHERE id = $1", [second.id]);
    await expect(
      writer.writeTogether([
        { step: first, environmentId, fence, to: "succeeded" },
        { step: second, environmentId, fence, to: "running" },
      ]),
    ).rejects.toBeInstanceOf(FenceLost);
    expect(second.status).toBe("pending");
    await putStatus(pool, "UPDATE run SET status = 'cancelled' WHERE id = $1", [id]);
  });
});
