import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { resetConfig } from "@/lib/platform/config";
import { closeQueues, enqueue, queueStats, schedule, startWorker } from "@/lib/platform/queue";
import type { TestDatabase } from "../support/database";
import { useTestPortal } from "../support/portal";

function hasRedis(): boolean {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    process.stderr.write("SKIPPED: the queue on Redis, because redis-server is not on the PATH\n");
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startRedis(): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), "rostrum-redis-"));
  const args = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
    "--dir",
    dir,
  ];
  const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`redis-server ended with ${code}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("Ready to accept connections")) resolve();
    });
  });
  const stop = async () => {
    const over = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await over;
    rmSync(dir, { recursive: true, force: true });
  };
  return { url: `redis://127.0.0.1:${port}`, stop };
}

async function until(condition: () => boolean, limitMs = 10_000): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error("It did not happen in time.");
    await sleep(2);
  }
}

const backends = hasRedis() ? (["postgres", "redis"] as const) : (["postgres"] as const);

describe.each(backends)("the queue on %s", (kind) => {
  let database: TestDatabase;
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined;

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
    expect(await enqueue("runs.wake", { runId: "run_before" })).toBe(true);
    await startWorker(
      "runs.wake",
      async ({ runId }) => {
        running += 1;
        most = Math.max(most, running);
        await sleep(30);
        running -= 1;
        seen.push(runId);
      },
      { concurrency: 4 },
    );
    for (let index = 0; index < 12; index += 1) await enqueue("runs.wake", { runId: `run_${index}` });
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
    await enqueue("templates.check", { versionId: "tv_1" }, { dedupeKey: "a", delayMs: 300 });
    await enqueue("templates.check", { versionId: "tv_2" }, { dedupeKey: "a" });
    await startWorker("templates.check", async ({ versionId }) => {
      seen.push(versionId);
    });
    await sleep(100);
    expect(seen).toEqual([]);
    await until(() => seen.length > 0);
    await sleep(100);
    expect(seen).toEqual(["tv_1"]);
  });

  it("ticks on schedule, once however often it was scheduled", async () => {
    let ticks = 0;
    await startWorker("monitoring.tick", async () => {
      ticks += 1;
    });
    for (let index = 0; index < 3; index += 1) await schedule("monitoring.tick", { everyMs: 200 });
    await until(() => ticks >= 3);
    await sleep(1_000);
    expect(ticks).toBeLessThan(14);
  });

  it("shows failures to the administrator and refuses payloads of another shape", async () => {
    await startWorker("clouds.check", async () => {
      throw new Error("the cloud is gone");
    });
    await enqueue("clouds.check", { cloudId: "cld_1" });
    const failed = async () => (await queueStats()).queues.find((one) => one.name === "clouds.check");
    let stats = await failed();
    for (let index = 0; index < 100 && stats?.failed === 0; index += 1) {
      await sleep(30);
      stats = await failed();
    }
    expect((await queueStats()).backend).toBe(kind);
    expect(stats).toMatchObject({
      failed: 1,
      failures: [{ reason: "the cloud is gone", data: { cloudId: "cld_1" } }],
    });
    await expect(enqueue("runs.wake", { id: "wrong" } as never)).rejects.toThrow();
  });
});

describe("a queue that is down", () => {
  it("does not fail whoever sends, and recovers", async () => {
    const database = await useTestPortal({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    const startMs = Date.now();
    expect(await enqueue("runs.wake", { runId: "run_1" })).toBe(false);
    // Whoever sends waits three seconds at most, whatever the queue does.
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
