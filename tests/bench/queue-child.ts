import { performance } from "node:perf_hooks";
import { resetConfig } from "@/lib/platform/config";
import { insertRuns } from "../support/many-runs";
import { makeToken } from "../support/portal";
import { startRedis } from "../support/redis";
import { until, type World } from "../support/world";
import { createDurableWorld } from "./durable-world";
import { endProcess, startPortal, startWorkers } from "./product";
import { median, type Row } from "./report";
import { chain, independent } from "./shapes";

/** One queue, measured: `queue-child.ts postgres|redis` prints its rows as JSON on the last line. */
const queue = process.argv[2] === "redis" ? "redis" : "postgres";
const label = queue === "redis" ? "Redis" : "PostgreSQL alone";
const runCount = 1_000;
const components = Object.keys(chain(5));

const redis = queue === "redis" ? await startRedis() : null;
if (redis) process.env.REDIS_URL = redis.url;
else delete process.env.REDIS_URL;
const world = await createDurableWorld({ cloudConfig: { store: "memory" } });
// What was imported above has read the configuration before there was a database.
resetConfig();
const rows: Row[] = [];
try {
  rows.push(await bareQueue());
  const workers = await startWorkers("provisioning");
  try {
    rows.push(await throughput(world));
    rows.push(await latency(world));
  } finally {
    await endProcess(workers);
  }
} finally {
  await world.close();
  await redis?.stop();
}
console.log(JSON.stringify(rows));
process.exit(0);

/** The queue by itself: as many messages as the throughput below has steps, nothing recorded but the messages. */
async function bareQueue(): Promise<Row> {
  const { openBackend } = await import("@/lib/platform/queue/backend");
  const backend = await openBackend();
  const messages = backend.queue("bench");
  const total = runCount * components.length;
  let done = 0;
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const process = async () => {
    done += 1;
    if (done === total) finish();
  };
  const worker = backend.worker("bench", process, { concurrency: 50 });
  const startedMs = performance.now();
  await messages.addBulk(Array.from({ length: total }, (_, id) => ({ name: "bench", data: { id } })));
  await finished;
  const seconds = (performance.now() - startedMs) / 1000;
  await worker.close();
  await messages.close();
  await backend.close();
  return {
    what: `   the bare queue on ${label}: 5,000 messages`,
    value: total / seconds,
    unit: "messages/s",
  };
}

/** Steps per second over 1,000 runs of 5 dependent steps that become due at once, each with its message. */
async function throughput({ publish, database: { pool } }: World): Promise<Row> {
  const versionId = await publish("five", chain(5));
  const all: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const runs = await insertRuns(world, {
      versionId,
      components,
      count: runCount,
      name: `many-${round}`,
      dueAt: "infinity",
    });
    const { enqueue } = await import("@/lib/platform/queue");
    const { rows: due } = await pool.query<{ ms: number }>(
      "WITH due AS (UPDATE run SET wake_at = now() WHERE id = ANY($1)) SELECT extract(epoch FROM now())::float8 * 1000 AS ms",
      [runs],
    );
    await Promise.all(runs.map((runId) => enqueue("runs.wake", { runId })));
    const ended = await until(
      async () =>
        (
          await pool.query<{ count: number; ms: number }>(
            `SELECT count(*)::int AS count, max(extract(epoch FROM q.finished_at))::float8 * 1000 AS ms
             FROM request q WHERE q.run_id = ANY($1) AND q.status = 'succeeded'`,
            [runs],
          )
        ).rows[0],
      (row) => row?.count === runCount,
      120_000,
      // Asking is work for the server too; the times come from the rows.
      50,
    );
    all.push((runCount * components.length * 1000) / ((ended?.ms ?? Number.NaN) - (due[0]?.ms ?? 0)));
  }
  return {
    what: `1,000 runs × 5 steps, ${label}, every step durably recorded`,
    value: median(all),
    unit: "steps/s",
    target: queue === "redis" ? 2_000 : 1_000,
    higherIsBetter: true,
    all,
  };
}

/** Milliseconds from sending POST /requests to the start of the first step, as the database recorded it. */
async function latency({ publish, database: { pool }, developerId }: World): Promise<Row> {
  await publish("one", independent(1));
  const token = await makeToken(developerId, ["read", "write"]);
  const { url, child } = await startPortal();
  const all: number[] = [];
  try {
    for (let index = 0; index < 70; index += 1) {
      const sentMs = performance.timeOrigin + performance.now();
      const answer = await fetch(`${url}/api/v1/requests`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify({
          kind: "create",
          project: "team",
          template: "one",
          name: `latency-${index}`,
          parameters: {},
          reason: "",
        }),
      });
      const submitted = (await answer.json()) as { runId?: string };
      if (answer.status !== 201 || !submitted.runId) {
        throw new Error(`POST /requests answered ${answer.status}: ${JSON.stringify(submitted)}`);
      }
      const startedMs = await until(
        async () =>
          (
            await pool.query<{ ms: number | null }>(
              "SELECT min(extract(epoch FROM started_at))::float8 * 1000 AS ms FROM step WHERE run_id = $1",
              [submitted.runId],
            )
          ).rows[0]?.ms ?? null,
        (ms) => ms !== null,
      );
      // The first ones warm everything up.
      if (index >= 10) all.push((startedMs ?? Number.NaN) - sentMs);
    }
  } finally {
    await endProcess(child);
  }
  return {
    what: `POST of an auto-approved request to its first step, ${label}, p50`,
    value: median(all),
    unit: "ms",
    target: queue === "redis" ? 30 : 50,
    all,
  };
}
