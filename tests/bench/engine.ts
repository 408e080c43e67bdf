import { performance } from "node:perf_hooks";
import { actorOf, until, type World } from "../support/world";
import { createDurableWorld } from "./durable-world";
import { median, type Row } from "./report";
import { chain, independent, layers } from "./shapes";
import { findTerraform, terraformLimitSeconds, timeTerraform } from "./terraform";

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

/**
 * Runs and plans on the simulated cloud in memory: what is left is the engine and its durable records. Where Terraform
 * is on the PATH it builds the same graphs in the same run.
 */
export async function benchEngine(): Promise<Row[]> {
  const terraform = findTerraform();
  if (!terraform) console.log("  Terraform is not on the PATH: no side by side.");
  const world = await createDurableWorld({ cloudConfig: { store: "memory" } });
  const runner = await world.runner("bench", { leaseMs: 15_000, heartbeatMs: 3_000, attemptMs: 600_000 });
  const rows: Row[] = [];
  try {
    const shapes: [string, string, Record<string, unknown>, number][] = [
      ["1,000 independent no-op components, claim to succeeded", "independent-1000", independent(1_000), 0.6],
      ["10 layers × 100, claim to succeeded", "layers", layers(10, 100), 0.8],
      ["chain of 100, claim to succeeded", "chain", chain(100), 0.5],
    ];
    let peerPlan: number | null = null;
    for (const [what, template, components, target] of shapes) {
      await world.publish(template, components);
      const seconds = await measured(async () => {
        const { runId } = await submit(world, template);
        runner.wake();
        return runSeconds(world, runId);
      });
      rows.push({ what, value: median(seconds), unit: "s", target, all: seconds });
      if (!terraform) continue;
      const peer = await timeTerraform(components);
      peerPlan ??= peer.noOpPlan;
      rows.push(peerRow(`${terraform}, the same graph`, peer.apply));
    }
    rows.push(await noOpPlan(world));
    if (terraform) rows.push(peerRow(`${terraform}, no-op plan of 1,000`, peerPlan));
    if (!process.argv.includes("--quick")) rows.push(...(await linear(world, runner)));
    return rows;
  } finally {
    await runner.stop(2_000);
    await world.close();
  }
}

function peerRow(what: string, seconds: number | null): Row {
  const row = { what: `   ${what}`, unit: "s" };
  return seconds === null
    ? { ...row, value: terraformLimitSeconds, note: "and not done: stopped" }
    : { ...row, value: seconds };
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
