import { hostname } from "node:os";
import { closeConnections } from "@/lib/features/clouds";
import { readReplaced } from "@/lib/features/workers";
import { messageOf } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { ConfigError, getConfig } from "@/lib/platform/config";
import type { WorkerFamily } from "@/lib/platform/config/load";
import { closeDb, execute } from "@/lib/platform/db";
import { giveSignsOfLife } from "@/lib/platform/exec/sign-of-life";
import { moduleLog, outliveOutput } from "@/lib/platform/log";
import { closeQueues } from "@/lib/platform/queue";
import { keepFilesPrivate, nameRepaired, repairPrivateFiles } from "@/lib/platform/storage";
import type { Stop } from "./loop";

/** One process for all families of background work, or for those that ROSTRUM_WORKERS names. */
const families: Record<WorkerFamily, () => Promise<{ start(workerId: string): Promise<Stop> }>> = {
  provisioning: () => import("./provisioning"),
  monitoring: () => import("./monitoring"),
  backup: () => import("./backup"),
  chargeback: () => import("./chargeback"),
  housekeeping: () => import("./housekeeping"),
};

const heartbeatMs = 10_000;
const log = moduleLog("workers");
const workerId = newId("worker");
const replaces = readReplaced(process.env.ROSTRUM_REPLACES);
const stops: Stop[] = [];
let stopping = false;

async function main(): Promise<void> {
  giveSignsOfLife();
  outliveOutput();
  keepFilesPrivate();
  const { workerFamilies: workers, dataDir } = getConfig();
  // Also a worker that was started by itself, on a host of its own.
  const repaired = nameRepaired(repairPrivateFiles(dataDir));
  if (repaired) log.warn({ repaired }, "fixed permissions on files other users could access");
  await register(workers);
  const timer = setInterval(() => void beat(), heartbeatMs);
  for (const family of workers) stops.push(await (await families[family]()).start(workerId));
  stops.push(async () => clearInterval(timer));
  log.info({ families: workers, workerId }, "workers ready");
  process.send?.("ready");
}

async function register(workers: readonly WorkerFamily[]): Promise<void> {
  await execute(
    "INSERT INTO worker_instance (id, families, host, pid, version, detail) VALUES ($1, $2, $3, $4, $5, $6)",
    [workerId, [...workers], hostname(), process.pid, process.version, detailNow()],
  );
}

/** What the list of workers shows beside the heartbeat: memory, and why this process followed another one. */
function detailNow(): string {
  return JSON.stringify({ rssBytes: process.memoryUsage.rss(), ...(replaces && { replaces }) });
}

async function beat(): Promise<void> {
  try {
    await execute("UPDATE worker_instance SET heartbeat_at = now(), detail = $2 WHERE id = $1", [
      workerId,
      detailNow(),
    ]);
  } catch (error) {
    log.warn({ err: error }, "couldn't write heartbeat");
  }
}

async function stop(signal: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ signal }, "workers stopping");
  setTimeout(() => process.exit(1), 15_000).unref();
  const results = await Promise.allSettled(stops.map((one) => one()));
  for (const result of results) {
    if (result.status === "rejected") log.warn({ err: result.reason }, "a worker role didn't stop cleanly");
  }
  await execute("DELETE FROM worker_instance WHERE id = $1", [workerId]).catch((error: unknown) => {
    log.warn(`couldn't remove this worker from the list; housekeeping will remove it: ${messageOf(error)}`);
  });
  await closeQueues(2_000);
  await closeConnections();
  await closeDb();
  process.exit(0);
}

process.on("SIGTERM", () => void stop("SIGTERM"));
process.on("SIGINT", () => void stop("SIGINT"));
process.on("unhandledRejection", (error) => log.error({ err: error }, "unhandled error"));

main().catch((error: unknown) => {
  // What an operator can mend is one line; a stack would hide it.
  if (error instanceof ConfigError) log.fatal(`couldn't start workers: ${error.message}`);
  else log.fatal({ err: error }, "couldn't start workers");
  process.exit(1);
});
