/**
 * Background work: the families named by ROSTRUM_WORKERS, all of them in one process when it is not set. Any number of
 * processes may run the same family. Bundled to dist/workers.mjs.
 */
import { closeConnections } from "@/lib/features/clouds";
import { newId } from "@/lib/kernel/ids";
import { getConfig, type WorkerFamily } from "@/lib/platform/config";
import { closeDb, isConnectionError } from "@/lib/platform/db";
import { log } from "@/lib/platform/log";
import { closeQueues } from "@/lib/platform/queue";
import { registerInstance } from "./instance";
import type { Stoppable } from "./listen";
import { startProvisioning } from "./provisioning";

/** Whatever does not end by itself within this is cut off: leases and due columns let another process go on. */
const stopLimitMs = 9_500;

const starters: Partial<Record<WorkerFamily, (workerId: string) => Stoppable>> = {
  provisioning: startProvisioning,
};

function main(): void {
  const families = getConfig().workerFamilies;
  const workerId = newId("worker");
  const running = [
    ...families.flatMap((family) => starters[family]?.(workerId) ?? []),
    registerInstance(workerId, families),
  ];
  onSignals(running);
  onSurprises();
  log.info({ workerId, families }, "workers are ready");
  process.send?.({ ready: true, workerId });
}

function onSignals(running: readonly Stoppable[]): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), stopLimitMs).unref();
    const ended = await Promise.allSettled(running.map((one) => one.stop()));
    for (const one of ended) {
      if (one.status === "rejected") log.warn({ err: one.reason }, "something did not stop cleanly");
    }
    await Promise.allSettled([closeQueues(2_000), closeConnections()]);
    await closeDb().catch((error) => log.warn({ err: error }, "the database connections did not close"));
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void stop());
  // Forked by a program that died: nobody else would end this process.
  process.on("disconnect", () => void stop());
}

/** A broken connection may surface where nobody waits for it; that is no reason to drop every run in hand. */
function onSurprises(): void {
  const handle = (error: unknown) => {
    if (isConnectionError(error)) {
      log.warn({ err: error }, "a connection broke");
      return;
    }
    log.fatal({ err: error }, "the workers cannot go on");
    process.exit(1);
  };
  process.on("uncaughtException", handle);
  process.on("unhandledRejection", handle);
}

main();
