import { performance } from "node:perf_hooks";
import { actorOf, createWorld, until, type World } from "../support/world";
import { median, type Row } from "./report";

const none = { container: { image: "x" } };

function independent(count: number): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, none]));
}

function chain(count: number): Record<string, unknown> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `c${index}`,
      index === 0 ? none : { ...none, requires: [`c${index - 1}`] },
    ]),
  );
}

function layers(depth: number, width: number): Record<string, unknown> {
  const components: Record<string, unknown> = {};
  for (let layer = 0; layer < depth; layer += 1) {
    const above = layer === 0 ? [] : Array.from({ length: width }, (_, index) => `l${layer - 1}-${index}`);
    for (let index = 0; index < width; index += 1) {
      components[`l${layer}-${index}`] = above.length === 0 ? none : { ...none, requires: above };
    }
  }
  return components;
}

let names = 0;

async function submit(world: World, template: string): Promise<{ runId: string; environmentId: string }> {
  const { submitRequest } = await import("@/lib/features/requests");
  names += 1;
  const submitted = await submitRequest(await actorOf(world, "developer"), {
    kind: "create",
    project: "team",
    template,
    name: `bench-${names}`,
    parameters: {},
    reason: "",
  });
  return { runId: submitted.runId ?? "", environmentId: submitted.environmentId };
}

/** From claim (started_at) to succeeded (finished_at), both written by PostgreSQL's clock. */
async function runSeconds(world: World, runId: string): Promise<number> {
  const row = await until(
    async () =>
      (
        await world.database.pool.query(
          "SELECT status::text, extract(epoch FROM finished_at - started_at)::float8 AS seconds FROM run WHERE id = $1",
          [runId],
        )
      ).rows[0],
    (run) => run.status === "succeeded",
    120_000,
  );
  return row.seconds;
}

async function measured(work: () => Promise<number>, times = 3): Promise<number[]> {
  const results: number[] = [];
  for (let index = 0; index < times; index += 1) results.push(await work());
  return results;
}

/** Runs, plans and throughput on the simulated cloud in memory: what is left is the engine and its durable records. */
export async function benchEngine(): Promise<Row[]> {
  const world = await createWorld({ cloudConfig: { store: "memory" } });
  const runner = await world.runner("bench", { leaseMs: 15_000, heartbeatMs: 3_000, attemptMs: 600_000 });
  const rows: Row[] = [];
  try {
    const shapes: [string, string, Record<string, unknown>, number][] = [
      ["1,000 independent no-op components, claim to succeeded", "independent-1000", independent(1_000), 0.6],
      ["10 layers × 100, claim to succeeded", "layers", layers(10, 100), 0.8],
      ["chain of 100, claim to succeeded", "chain", chain(100), 0.5],
    ];
    for (const [what, template, components, target] of shapes) {
      await world.publish(template, components);
      const seconds = await measured(async () => {
        const { runId } = await submit(world, template);
        runner.wake();
        return runSeconds(world, runId);
      });
      rows.push({ what, value: median(seconds), unit: "s", target, all: seconds });
    }
    rows.push(await noOpPlan(world));
    if (!process.argv.includes("--quick")) rows.push(...(await linear(world, runner)));
    rows.push(await throughput(world, runner));
    return rows;
  } finally {
    await runner.stop(2_000);
    await world.close();
  }
}

async function noOpPlan(world: World): Promise<Row> {
  const { rows } = await world.database.pool.query(
    "SELECT e.id FROM environment e JOIN template_version v ON v.id = e.template_version_id JOIN template t ON t.id = v.template_id WHERE t.name = 'independent-1000' LIMIT 1",
  );
  const { prepareRequest } = await import("@/lib/features/requests");
  const actor = await actorOf(world, "developer");
  const seconds = await measured(async () => {
    const startedMs = performance.now();
    const prepared = await prepareRequest(actor, {
      kind: "update",
      environment: rows[0].id,
      parameters: {},
      reason: "",
    });
    if (prepared.changes.some((change) => change.action !== "no-op"))
      throw new Error("the plan is not a no-op");
    return (performance.now() - startedMs) / 1000;
  }, 5);
  return {
    what: "no-op plan of 1,000 (loaded, resolved, placed, priced, judged)",
    value: median(seconds),
    unit: "s",
    target: 0.2,
    all: seconds,
  };
}

async function linear(world: World, runner: { wake(): void }): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of [100, 500, 1_000, 2_500, 5_000]) {
    const template = `linear-${count}`;
    await world.publish(template, independent(count));
    const seconds = await measured(async () => {
      const { runId } = await submit(world, template);
      runner.wake();
      return runSeconds(world, runId);
    });
    const value = median(seconds);
    rows.push({
      what: `${count.toLocaleString("en")} components (${((value / count) * 1e6).toFixed(0)} µs each)`,
      value,
      unit: "s",
      all: seconds,
    });
  }
  return rows;
}

/** Steps per second over 1,000 runs of 5 dependent steps that are all due at once. */
export async function throughput(world: World, runner: { wake(): void }): Promise<Row> {
  const { createRun } = await import("@/lib/engine/run");
  await world.publish("five", chain(5));
  const { rows } = await world.database.pool.query(
    "SELECT v.id FROM template_version v JOIN template t ON t.id = v.template_id WHERE t.name = 'five'",
  );
  const { pool } = world.database;
  const placement = Object.fromEntries(
    Object.keys(chain(5)).map((name) => [
      name,
      { cloudId: world.cloudId, cloudName: "sim", kind: "container" },
    ]),
  );
  const { newId } = await import("@/lib/kernel/ids");
  const runs: string[] = [];
  // One transaction, so that all become due at the same moment.
  const client = await pool.connect();
  await client.query("BEGIN");
  for (let index = 0; index < 1_000; index += 1) {
    const environmentId = newId("environment");
    await client.query(
      `INSERT INTO environment (id, name, project_id, owner_id, template_version_id, placement, status, generation, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'provisioning', 1, now())`,
      [
        environmentId,
        `many-${index}`,
        world.projectId,
        world.developerId,
        rows[0].id,
        JSON.stringify(placement),
      ],
    );
    runs.push(
      await createRun(client, {
        environmentId,
        requestId: null,
        planId: null,
        kind: "create",
        steps: Object.keys(chain(5)).map((component, position) => ({
          component,
          action: "create",
          cloudId: world.cloudId,
          dependsOn: position === 0 ? [] : [position - 1],
          input: {},
        })),
      }),
    );
  }
  await client.query("COMMIT");
  client.release();
  const startedMs = performance.now();
  runner.wake();
  await until(
    async () =>
      (
        await pool.query(
          "SELECT count(*)::int AS count FROM run WHERE id = ANY($1) AND status = 'succeeded'",
          [runs],
        )
      ).rows[0].count,
    (count) => count === 1_000,
    120_000,
  );
  const seconds = (performance.now() - startedMs) / 1000;
  return {
    what: "1,000 runs × 5 steps, every step durably recorded",
    value: 5_000 / seconds,
    unit: "steps/s",
    target: 1_000,
    higherIsBetter: true,
  };
}
