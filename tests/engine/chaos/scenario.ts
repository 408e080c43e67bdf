import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { startPrivatePostgres } from "../../support/database";
import { startRedis } from "../../support/redis";
import { actorOf, createWorld, type World } from "../../support/world";
import { crashFaults, publishAll } from "./templates";
import { Workers } from "./workers";

export interface ChaosSize {
  queue: "postgres" | "redis";
  /** Runs of 20 steps on the simulated cloud. */
  simulated: number;
  /** Runs that kill their worker at each crash point. */
  crashing: number;
  /** Runs of real processes. */
  real: number;
  workers: number;
  /** The runs have so long to end. */
  limitMs: number;
}

/** Kills come ever slower after this many rounds, so that a busy machine too gets something done between two. */
const briskRounds = 12;

/** @returns what went wrong, in sentences; empty when everything held */
export async function runChaos(size: ChaosSize, stopped: AbortSignal): Promise<string[]> {
  const postgres = await startPrivatePostgres();
  const redis = size.queue === "redis" ? await startRedis() : null;
  if (redis) process.env.REDIS_URL = redis.url;
  else delete process.env.REDIS_URL;
  const pool = new pg.Pool({ connectionString: postgres.url, max: 4 });
  pool.on("error", () => {
    // The server is restarted on purpose; the next query connects again.
  });
  const world = await createWorld({
    database: { url: postgres.url, appUrl: postgres.appUrl, pool, drop: async () => void (await pool.end()) },
    cloudConfig: { latencyMs: [5, 60], faults: crashFaults },
  });
  const logFile = join(mkdtempSync(join(tmpdir(), "rostrum-chaos-")), "workers.log");
  const workers = new Workers({ ...process.env, LOG_LEVEL: "error" }, logFile);
  const startedMs = Date.now();
  try {
    await publishAll(world);
    const machineId = await addMachine(world);
    const runs = await submitAll(world, size);
    workers.start(size.workers);
    const flush = redis?.flush ?? null;
    const restarts = await disturb({ world, workers, postgres, flush, limitMs: size.limitMs, stopped });
    const problems = await judge(world, runs.length);
    problems.push(...(await judgeMachine(world, machineId, size.real * 2)));
    if (problems.length === 0) problems.push(...(await destroyReal(world, machineId)));
    const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
    console.log(
      `${size.queue}: ${runs.length} runs (${size.simulated} × 20 steps, ${size.real} × 2 processes, ${size.crashing} × 4 crash points), ` +
        `${workers.kills} kills, ${workers.deaths} deaths of workers, ${restarts} restarts of PostgreSQL, ${seconds} s: ` +
        (problems.length === 0
          ? "every run succeeded, every thing exists once"
          : `${problems.length} problems`),
    );
    if (problems.length > 0)
      console.error((await readFile(logFile, "utf8")).split("\n").slice(-40).join("\n"));
    return problems;
  } finally {
    await workers.stop();
    await clearMachine(world);
    await world.close();
    await redis?.stop();
    await postgres.stop();
    rmSync(join(logFile, ".."), { recursive: true, force: true });
  }
}

async function addMachine(world: World): Promise<string> {
  const { newId } = await import("@/lib/kernel/ids");
  const id = newId("cloud");
  await world.database.pool.query(
    `INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, 'machine', 'This machine', 'machine', $2, now())`,
    [id, JSON.stringify({ portRange: [22_000, 22_900] })],
  );
  return id;
}

async function submitAll(world: World, size: ChaosSize): Promise<string[]> {
  const { submitRequest } = await import("@/lib/features/requests");
  const actor = await actorOf(world, "developer");
  const runs: string[] = [];
  const submit = async (template: string, name: string, cloud: string) => {
    const body = {
      kind: "create" as const,
      project: "team",
      template,
      name,
      cloud,
      parameters: {},
      reason: "",
    };
    runs.push((await submitRequest(actor, body)).runId ?? "");
  };
  for (let index = 0; index < size.simulated; index += 1) await submit("layered", `layered-${index}`, "sim");
  for (let index = 0; index < size.real; index += 1) await submit("real", `real-${index}`, "machine");
  for (let index = 0; index < size.crashing; index += 1) await submit("crashing", `crashing-${index}`, "sim");
  return runs;
}

interface Disturbance {
  world: World;
  workers: Workers;
  postgres: Awaited<ReturnType<typeof startPrivatePostgres>>;
  flush: (() => Promise<void>) | null;
  limitMs: number;
  stopped: AbortSignal;
}

/** Until every run has ended: kills, lost and repeated messages, restarts of the database. */
async function disturb(scene: Disturbance): Promise<number> {
  const { world, workers, postgres, flush } = scene;
  const endMs = Date.now() + scene.limitMs;
  let restarts = 0;
  for (let round = 1; Date.now() < endMs && !scene.stopped.aborted; round += 1) {
    await sleep((400 + Math.random() * 1_600) * Math.max(1, round / briskRounds));
    workers.killOne();
    if (process.env.DEBUG_CHAOS) console.error(`round ${round}, ${await unfinished(world)} unfinished`);
    if (round % 3 === 0) await repeatMessages(world);
    if (round % 4 === 0) await loseMessages(world, flush);
    if (round === 4 || round === 9) {
      await postgres.restart(round === 4 ? "fast" : "immediate");
      restarts += 1;
    }
    if (round > 6 && (await unfinished(world)) === 0) return restarts;
  }
  return restarts;
}

async function unfinished(world: World): Promise<number> {
  const { rows } = await world.database.pool.query(
    "SELECT count(*)::int AS count FROM request WHERE status IN ('approved', 'running')",
  );
  return rows[0].count;
}

async function repeatMessages(world: World): Promise<void> {
  const { enqueue } = await import("@/lib/platform/queue");
  const { rows } = await world.database.pool.query("SELECT id FROM run ORDER BY random() LIMIT 10");
  for (const { id } of [...rows, ...rows]) await enqueue("runs.wake", { runId: id });
}

async function loseMessages(world: World, flush: (() => Promise<void>) | null): Promise<void> {
  if (flush) return flush();
  const { rows } = await world.database.pool.query(
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'bullmq' AND table_name LIKE '%job%'",
  );
  for (const { table_name: name } of rows) await world.database.pool.query(`DELETE FROM bullmq."${name}"`);
}

async function judge(world: World, runs: number): Promise<string[]> {
  const problems: string[] = [];
  const { pool } = world.database;
  const states = await pool.query(
    "SELECT u.status::text, q.status::text AS request, e.status::text AS environment, count(*)::int AS count, min(u.error->>'message') AS message FROM run u JOIN request q ON q.id = u.request_id JOIN environment e ON e.id = u.environment_id GROUP BY 1, 2, 3",
  );
  for (const row of states.rows) {
    const good = row.status === "succeeded" && row.request === "succeeded" && row.environment === "running";
    if (!good)
      problems.push(
        `${row.count} runs are ${row.status}/${row.request}/${row.environment}: ${row.message ?? ""}`,
      );
  }
  const total = states.rows.reduce((sum, row) => sum + row.count, 0);
  if (total !== runs) problems.push(`${total} runs exist instead of ${runs}`);
  const journal = (await readFile(`${world.dataDir}/clouds/${world.cloudId}/journal.ndjson`, "utf8"))
    .trim()
    .split("\n");
  const created = journal.map((line) => JSON.parse(line).created).filter(Boolean);
  if (new Set(created).size !== created.length)
    problems.push("something was created twice in the simulated cloud");
  const resources = await pool.query("SELECT external_id FROM resource WHERE cloud_id = $1", [world.cloudId]);
  const known = new Set<string>(resources.rows.map((row) => row.external_id));
  const existing = await discovered(world.cloudId);
  for (const name of existing) if (!known.has(name)) problems.push(`${name} exists but no one knows it`);
  if (known.size !== existing.size)
    problems.push(`${known.size} resources are recorded, ${existing.size} exist`);
  return problems;
}

async function discovered(cloudId: string): Promise<Set<string>> {
  const { connectionFor } = await import("@/lib/features/clouds");
  const found = new Set<string>();
  for await (const one of (await connectionFor(cloudId)).discover(AbortSignal.timeout(20_000))) {
    if (one.ref) found.add(one.externalId);
  }
  return found;
}

async function judgeMachine(world: World, machineId: string, expected: number): Promise<string[]> {
  const { connectionFor } = await import("@/lib/features/clouds");
  const connection = await connectionFor(machineId);
  const found: string[] = [];
  for await (const one of connection.discover(AbortSignal.timeout(20_000)))
    if (one.ref) found.push(one.externalId);
  const problems: string[] = [];
  if (new Set(found).size !== expected)
    problems.push(`${new Set(found).size} real components exist instead of ${expected}`);
  const { rows } = await world.database.pool.query(
    "SELECT address->>'url' AS url FROM resource WHERE cloud_id = $1",
    [machineId],
  );
  if (rows.length !== expected)
    problems.push(`${rows.length} real components are recorded instead of ${expected}`);
  for (const { url } of rows) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch((error: Error) => error);
    if (answer instanceof Error || !answer.ok) problems.push(`${url} does not answer`);
  }
  return problems;
}

/** Takes the real environments away again, with workers still dying, and looks whether anything is left. */
async function destroyReal(world: World, machineId: string): Promise<string[]> {
  const { submitRequest } = await import("@/lib/features/requests");
  const actor = await actorOf(world, "developer");
  const { rows } = await world.database.pool.query("SELECT id FROM environment WHERE name LIKE 'real-%'");
  for (const { id } of rows) await submitRequest(actor, { kind: "destroy", environment: id, reason: "" });
  const endMs = Date.now() + 60_000;
  while ((await unfinished(world)) > 0 && Date.now() < endMs) await sleep(200);
  const { connectionFor } = await import("@/lib/features/clouds");
  const connection = await connectionFor(machineId);
  const left: string[] = [];
  for await (const one of connection.discover(AbortSignal.timeout(20_000))) left.push(one.externalId);
  return left.length === 0
    ? []
    : [`after destroying, ${left.length} real components are left: ${left.slice(0, 3).join(", ")}`];
}

/** Whatever went wrong above, no process of this test outlives it. */
async function clearMachine(world: World): Promise<void> {
  const { connectionFor } = await import("@/lib/features/clouds");
  const { rows } = await world.database.pool.query("SELECT id FROM cloud WHERE driver = 'machine'");
  for (const { id } of rows) {
    const connection = await connectionFor(id);
    const context = {
      idempotencyKey: "clear",
      signal: AbortSignal.timeout(30_000),
      log: () => {},
      files: { list: async () => [], upload: async () => new Uint8Array() },
    };
    for await (const one of connection.discover(context.signal)) {
      if (one.ref) await connection.remove(one.ref, context);
    }
  }
}
