import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { hasRedis } from "../support/redis";
import { buildProduct } from "./product";
import type { Row } from "./report";

const child = fileURLToPath(new URL("./queue-child.ts", import.meta.url));

/**
 * Throughput and latency through the real portal, queue and worker process, on each queue there is, beside the bare
 * queue. Every queue gets a process of its own, because the product reads its configuration once.
 */
export async function benchQueues(): Promise<Row[]> {
  await buildProduct();
  const rows: Row[] = [];
  for (const queue of ["postgres", "redis"]) {
    if (queue === "redis" && !hasRedis()) {
      console.log("  Redis is skipped: redis-server is not installed.");
      continue;
    }
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...process.execArgv, "--import", "tsx", child, queue],
      { timeout: 300_000 },
    );
    rows.push(...(JSON.parse(stdout.trim().split("\n").at(-1) ?? "[]") as Row[]));
  }
  return rows;
}
