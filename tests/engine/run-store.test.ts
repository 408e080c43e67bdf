import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll } from "vitest";
import type { RunStore } from "@/lib/engine/run";
import { insertRuns } from "../support/many-runs";
import { describeRunStore } from "../support/run-store-contract";
import { createWorld, type World } from "../support/world";

const components = ["a", "b", "c", "failed", "unknown", "begun", "untouched", "done"];
let world: World;
let versionId: string;
let store: RunStore;
let control: typeof import("@/lib/engine/run/postgres");
let runs = 0;

beforeAll(async () => {
  world = await createWorld();
  versionId = await world.publish(
    "contract",
    Object.fromEntries(components.map((name) => [name, { container: { image: "x" } }])),
  );
  control = await import("@/lib/engine/run/postgres");
  const { getPool, inTransaction } = await import("@/lib/platform/db");
  const postgres = new control.PostgresRunStore(getPool(), inTransaction);
  store = {
    claim: (options) => postgres.claim(options),
    renew: (owned, leaseMs) => postgres.renew(owned, leaseMs),
    release: (workerId, ids) => postgres.release(workerId, ids),
    // The contract knows no cloud of this database.
    writeMoves: (moves) => postgres.writeMoves(moves.map(inThisCloud)),
    writeEnds: (ends, follow) => postgres.writeEnds(ends, follow),
    addLog: (lines) => postgres.addLog(lines),
  };
});

afterAll(async () => {
  await world.close();
});

function inThisCloud(move: Parameters<RunStore["writeMoves"]>[0][number]) {
  const { effect } = move;
  if (effect?.type !== "upsert") return move;
  return { ...move, effect: { ...effect, resource: { ...effect.resource, cloudId: world.cloudId } } };
}

describeRunStore("the store in PostgreSQL", () => ({
  store,
  start: async (chain) => {
    runs += 1;
    const [runId] = await insertRuns(world, {
      ...{ versionId, components: [...chain], count: 1, name: `contract-${runs}` },
    });
    if (!runId) throw new Error("No run was recorded.");
    return runId;
  },
  cancel: (runId) => control.requestCancel(world.database.pool, runId, null),
  resume: (runId) => control.resumeRun(world.database.pool, runId),
  pass: async (ms) => void (await sleep(ms)),
  now: () => Date.now(),
  see: async (runId) => {
    const { pool } = world.database;
    const run = await pool.query("SELECT status, environment_id FROM run WHERE id = $1", [runId]);
    const steps = await pool.query("SELECT status, attempts FROM step WHERE run_id = $1 ORDER BY position", [
      runId,
    ]);
    const resources = await pool.query("SELECT component FROM resource WHERE environment_id = $1", [
      run.rows[0].environment_id,
    ]);
    return {
      ...{ status: run.rows[0].status, steps: steps.rows },
      resources: resources.rows.map((row) => row.component),
    };
  },
}));
