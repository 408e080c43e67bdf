import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { freePort } from "./free-port";

export interface TestRedis {
  url: string;
  /** A connection of the test's own. */
  client: Redis;
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** Whether redis-server is installed. */
export function hasRedis(): boolean {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A Redis server of the test's own on a port of the loopback (a free one if absent), without persistence. */
export async function startRedis(at?: number): Promise<TestRedis> {
  const port = at ?? (await freePort());
  const dir = mkdtempSync(join(tmpdir(), "rostrum-redis-"));
  const child = spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", dir],
    { stdio: "ignore" },
  );
  const url = `redis://127.0.0.1:${port}`;
  const client = new Redis(url, { maxRetriesPerRequest: 3, lazyConnect: true });
  client.on("error", () => {
    // Connecting is tried again below until it works or the time is over.
  });
  for (let attempt = 0; ; attempt += 1) {
    try {
      await client.ping();
      break;
    } catch (error) {
      if (attempt > 50) throw error;
      await sleep(100);
    }
  }
  return {
    url,
    client,
    flush: async () => void (await client.flushall()),
    stop: async () => {
      client.disconnect();
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
