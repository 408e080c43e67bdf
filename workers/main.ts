import { closeConnections } from "@/lib/features/clouds";
import {
  readReplaced,
  recordHeartbeat,
  recordTurns,
  registerWorker,
  removeWorker,
} from "@/lib/features/workers";
import { messageOf } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { ConfigError, getConfig } from "@/lib/platform/config";
import type { WorkerFamily } from "@/lib/platform/config/load";
import { closeDb } from "@/lib/platform/db";
import { giveSignsOfLife } from "@/lib/platform/exec/sign-of-life";
import { moduleLog, outliveOutput } from "@/lib/platform/log";
import { closeQueues } from "@/lib/platform/queue";
import { keepFilesPrivate, nameRepaired, repairPrivateFiles } from "@/lib/platform/storage";
import { startJobs } from "./start-jobs";
import type { Stop } from "./stop";
import { Turns } from "./turns";

/** What a role starts beside its jobs. One process has all roles, or those that ROSTRUM_WORKERS names. */
const beginnings: Partial<Record<WorkerFamily, () => Promise<{ start(workerId: string): Promise<Stop> }>>> = {
  provisioning: () => import("./provisioning"),
  housekeeping: () => import("./housekeeping"),
};

const heartbeatMs = 10_000;
const log = moduleLog("workers");
const workerId = newId("worker");
const replaces = readReplaced(process.env.ROSTRUM_REPLACES);
const stops: Stop[] = [];
const turns = new Turns();
let stopping = false;

async function main(): Promise<void> {
  giveSignsOfLife();
  outliveOutput();
  keepFilesPrivate();
  const { workerFamilies: workers, dataDir } = getConfig();
  // Also a worker that was started by itself, on a host of its own.
  const repaired = nameRepaired(repairPrivateFiles(dataDir));
  if (repaired) log.warn({ repaired }, "fixed permissions on files other users could access");
  await registerWorker(workerId, workers, detailNow());
  const timer = setInterval(() => void beat(), heartbeatMs);
  for (const family of workers) {
    const beginning = await beginnings[family]?.();
    if (beginning) stops.push(await beginning.start(workerId));
  }
  stops.push(await startJobs(workers, turns));
  stops.push(async () => clearInterval(timer));
  log.info({ families: workers, workerId }, "workers ready");
  process.send?.("ready");
}

/** What the list of workers shows beside the heartbeat: memory, and why this process followed another one. */
function detailNow() {
  return { rssBytes: process.memoryUsage.rss(), replaces };
}

async function beat(): Promise<void> {
  try {
    await recordHeartbeat(workerId, detailNow());
    await recordTurns(turns.drain());
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
  await removeWorker(workerId).catch((error: unknown) => {
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
