import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { resetConfig } from "@/lib/platform/config";
import { closeQueues, enqueue, queueStats, startWorker } from "@/lib/platform/queue";
import type { TestDatabase } from "../support/database";
import { freePort } from "../support/free-port";
import { useTestPortal } from "../support/portal";
import { hasRedis, startRedis, type TestRedis } from "../support/redis";

function redisIsThere(): boolean {
  if (hasRedis()) return true;
  process.stderr.write("SKIPPED: the queue on Redis, because redis-server is not on the PATH\n");
  return false;
}

async function until(condition: () => boolean, limitMs = 10_000): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error("It did not happen in time.");
    await sleep(2);
  }
}

const backends = redisIsThere() ? (["postgres", "redis"] as const) : (["postgres"] as const);

describe.each(backends)("the queue on %s", (kind) => {
  let database: TestDatabase;
  let redis: TestRedis | undefined;

  beforeAll(async () => {
    if (kind === "redis") redis = await startRedis();
    database = await useTestPortal(redis ? { REDIS_URL: redis.url } : {});
  });
  afterEach(async () => await closeQueues(2_000));
  afterAll(async () => {
    await database.drop();
    await redis?.stop();
  });

  it("delivers what was sent before and after the worker came, several at once", async () => {
    const seen: string[] = [];
    let [running, most] = [0, 0];
    expect(await enqueue("notifications.deliver", { messageId: "msg_before" })).toBe(true);
    await startWorker("notifications.deliver", async ({ messageId }) => {
      running += 1;
      most = Math.max(most, running);
      await sleep(30);
      running -= 1;
      seen.push(messageId);
    });
    for (let index = 0; index < 12; index += 1)
      await enqueue("notifications.deliver", { messageId: `msg_${index}` });
    await until(() => seen.length === 13);
    expect(new Set(seen).size).toBe(13);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  it("starts a waiting message within milliseconds", async () => {
    const delays: number[] = [];
    let sentMs = 0;
    await startWorker("backups.run", async () => {
      delays.push(performance.now() - sentMs);
    });
    await enqueue("backups.run", { backupId: "warm" });
    await until(() => delays.length === 1);
    for (let index = 2; index <= 21; index += 1) {
      await sleep(20);
      sentMs = performance.now();
      await enqueue("backups.run", { backupId: `bak_${index}` });
      await until(() => delays.length === index);
    }
    const median = delays.slice(1).sort((a, b) => a - b)[10] ?? Number.POSITIVE_INFINITY;
    process.stderr.write(`queue on ${kind}: start when queued, median ${median.toFixed(1)} ms\n`);
    // The figure is for the log: a quiet machine needs a few milliseconds. The bound tells waking from every polling.
    expect(median).toBeLessThan(200);
  });

  it("drops a second message with the key of a waiting one, and delays", async () => {
    const seen: string[] = [];
    await enqueue("runs.wake", { runId: "run_1" }, { dedupeKey: "a", delayMs: 300 });
    await enqueue("runs.wake", { runId: "run_2" }, { dedupeKey: "a" });
    await startWorker("runs.wake", async ({ runId }) => {
      seen.push(runId);
    });
    await sleep(100);
    expect(seen).toEqual([]);
    await until(() => seen.length > 0);
    await sleep(100);
    expect(seen).toEqual(["run_1"]);
  });

  it("shows failures to the administrator and refuses payloads of another shape", async () => {
    await startWorker("clouds.check", async () => {
      throw new Error("the cloud is gone");
    });
    await enqueue("clouds.check", { cloudIds: ["cld_1"] });
    const failed = async () => (await queueStats()).queues.find((one) => one.name === "clouds.check");
    let stats = await failed();
    // Counts are read before entries: a failure between them shows one without the other.
    const isWhole = () => stats?.failed === 1 && stats.failures.length === 1;
    for (let index = 0; index < 100 && !isWhole(); index += 1) {
      await sleep(30);
      stats = await failed();
    }
    expect((await queueStats()).backend).toBe(kind);
    expect(stats).toMatchObject({
      failed: 1,
      failures: [{ job: "clouds.check", reason: "the cloud is gone", data: { cloudIds: ["cld_1"] } }],
    });
    await expect(enqueue("runs.wake", { id: "wrong" } as never)).rejects.toThrow();
  });
});

describe("a queue that is down", () => {
  it("does not fail its senders, and recovers", async () => {
    const database = await useTestPortal({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    const startMs = Date.now();
    expect(await enqueue("runs.wake", { runId: "run_1" })).toBe(false);
    // A sender waits three seconds at most, whatever the queue does.
    expect(Date.now() - startMs).toBeLessThan(5_000);
    const againMs = Date.now();
    expect(await enqueue("runs.wake", { runId: "run_2" })).toBe(false);
    expect(Date.now() - againMs, "the next one does not wait again").toBeLessThan(200);
    await closeQueues(500);
    delete process.env.REDIS_URL;
    resetConfig();
    expect(await enqueue("runs.wake", { runId: "run_1" })).toBe(true);
    await closeQueues(500);
    await database.drop();
  });
});
