import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newId } from "@/lib/kernel/ids";
import { changeContext } from "../support/cloud-changes";
import { filesOf } from "../support/machine-cloud";
import { actorOf, createWorld, until, type World } from "../support/world";
import { buildWorker, removeWorkerBundle, Workers } from "./chaos/workers";

/** What the machine cloud says of itself. */
const maxChanges = 4 * availableParallelism();
const many = maxChanges * 2 + 4;
const attemptMs = 6_000;

let world: World;
let workers: Workers;
const folder = mkdtempSync(join(tmpdir(), "rostrum-turns-"));

/** Says when it begins and ends to prepare, which goes to the log of its step, and takes its time in between. */
const preparing = (name: string, script: string) => [
  ["sh", "-c", `echo "begin ${name} $(date +%s%3N)"; ${script}; echo "end ${name} $(date +%s%3N)"`],
];

beforeAll(async () => {
  await buildWorker();
  world = await createWorld();
  await world.database.pool.query(
    `INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, 'machine', 'This machine', 'machine', $2, now())`,
    [newId("cloud"), JSON.stringify({ portRange: [21_800, 21_899], allowPrograms: ["sleep", "sh"] })],
  );
  const sleeper = { program: "sleep", args: ["600"] };
  await world.publish("steady", {
    one: { process: { ...sleeper, prepare: preparing("steady", "sleep 0.7") } },
  });
  // It also ignores being asked to end.
  const deaf = "trap '' TERM INT HUP; for i in $(seq 600); do sleep 1; done";
  await world.publish("hanging", { one: { process: { ...sleeper, prepare: preparing("hanging", deaf) } } });
  workers = new Workers(
    { ...process.env, LOG_LEVEL: "error", WORKER_CONCURRENCY: "512", TEST_ATTEMPT_MS: String(attemptMs) },
    join(folder, "worker.log"),
  );
}, 120_000);

afterAll(async () => {
  const { connectionFor } = await import("@/lib/features/clouds");
  await workers?.stop();
  const { rows } = await world.database.pool.query(
    "SELECT e.id, e.name, c.id AS cloud FROM environment e, cloud c WHERE c.name = 'machine'",
  );
  for (const { id, name, cloud } of rows) {
    const connection = await connectionFor(cloud);
    const change = changeContext(filesOf({}));
    await connection.remove({ environmentId: id, environmentName: name, component: "one" }, change);
    await connection.removeEnvironment(id, change);
  }
  await world?.close();
  await removeWorkerBundle();
  rmSync(folder, { recursive: true, force: true });
});

/** One process, however many of the tests below run. */
let started = false;
function startWorker(): void {
  if (!started) workers.start(1);
  started = true;
}

async function submit(template: string, count: number, prefix = template): Promise<string[]> {
  const { submitRequest } = await import("@/lib/features/requests");
  const actor = await actorOf(world, "developer");
  const runs: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = `${prefix}-${index}`;
    const made = await submitRequest(actor, {
      kind: "create",
      project: "team",
      template,
      name,
      cloud: "machine",
      parameters: {},
      reason: "",
    });
    runs.push(made.runId ?? "");
  }
  return runs;
}

interface StepRow {
  status: string;
  run: string;
  attempts: number;
  startedAt: Date;
  finishedAt: Date | null;
}

async function steps(runs: string[]): Promise<StepRow[]> {
  const { rows } = await world.database.pool.query<StepRow>(
    `SELECT s.status::text, u.status::text AS run, s.attempts, s.started_at AS "startedAt", s.finished_at AS "finishedAt"
     FROM step s JOIN run u ON u.id = s.run_id WHERE u.id = ANY($1)`,
    [runs],
  );
  return rows;
}

async function noted() {
  const { rows } = await world.database.pool.query<{ text: string }>(
    "SELECT text FROM step_log WHERE text ~ '^(begin|end) [a-z]+ [0-9]+$'",
  );
  return rows
    .map(({ text }) => text.split(" "))
    .map(([what = "", name = "", atMs = "0"]) => ({ what, name, atMs: Number(atMs) }))
    .sort((left, right) => left.atMs - right.atMs || left.what.length - right.what.length);
}

/** How many were under way at once, at most, as the changes themselves wrote it down. */
async function mostAtOnce(name: string): Promise<number> {
  let now = 0;
  let most = 0;
  // One that begins in the millisecond in which another ended is taken to have come after it.
  for (const one of (await noted()).filter((line) => line.name === name)) {
    now += one.what === "begin" ? 1 : -1;
    most = Math.max(most, now);
  }
  return most;
}

it("makes no more changes at once on a host than it takes, while many runs wait, and makes them all", async () => {
  const runs = await submit("steady", many);
  // All are due before there is a worker.
  startWorker();
  const busiest = { running: 0 };
  const done = await until(
    async () => {
      const rows = await steps(runs);
      busiest.running = Math.max(busiest.running, rows.filter((row) => row.status === "running").length);
      return rows;
    },
    (rows) => rows.every((row) => row.run === "succeeded"),
    90_000,
  );
  expect(done).toHaveLength(many);
  // One worker walked more runs than the host takes changes: the others waited for their turn, not to be claimed.
  expect(busiest.running).toBeGreaterThan(maxChanges);
  expect(await mostAtOnce("steady")).toBeLessThanOrEqual(maxChanges);
  expect(await mostAtOnce("steady")).toBeGreaterThan(1);
  expect((await noted()).filter(({ what }) => what === "end")).toHaveLength(many);
}, 120_000);

it("is not held up by changes that hang for longer than their time limit, and waiting costs nothing", async () => {
  startWorker();
  const hanging = await submit("hanging", maxChanges);
  await until(
    async () => (await noted()).filter((one) => one.name === "hanging"),
    (begun) => begun.length >= maxChanges,
    30_000,
  );
  const waiting = await submit("steady", 4, "after");
  const rows = await until(
    () => steps(waiting),
    (all) => all.every((row) => row.run === "succeeded"),
    60_000,
  );
  // Every place was taken, so they waited; and the attempt they waited in is the one they were made in.
  expect(rows.map((row) => row.attempts)).toEqual([1, 1, 1, 1]);
  const firstHung = Math.min(...(await steps(hanging)).map((row) => row.startedAt.getTime()));
  const lastDone = Math.max(...rows.map((row) => row.finishedAt?.getTime() ?? Number.POSITIVE_INFINITY));
  expect(lastDone - firstHung).toBeGreaterThan(attemptMs);
}, 120_000);
