import { defaultRunLimits, RunRunner } from "@/lib/engine/run";
import { PostgresRunStore } from "@/lib/engine/run/postgres";
import { EnvironmentExecutor } from "@/lib/features/runs";
import { getConfig } from "@/lib/platform/config";
import { getPool, inTransaction } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { enqueue } from "@/lib/platform/queue";
import type { Stop } from "./stop";

const drainMs = 8_000;
let running: RunRunner | null = null;

/** Walks runs. A job only wakes; the sweep finds what no job told of. */
export async function start(workerId: string): Promise<Stop> {
  const log = moduleLog("runs");
  const runner: RunRunner = new RunRunner({
    store: new PostgresRunStore(getPool(), inTransaction),
    workerId,
    executor: new EnvironmentExecutor(),
    limits: { ...defaultRunLimits, cloudWaitMs: getConfig().health.cloudWaitMs },
    maxRuns: getConfig().workerConcurrency,
    wakeAt: (runId, at) => {
      void enqueue("runs.wake", { runId }, { delayMs: Math.max(0, at.getTime() - Date.now()) });
    },
    onError: (message, error) => log.warn({ err: error }, message),
  });
  runner.start();
  running = runner;
  return () => runner.stop(drainMs);
}

/** Has this process look for runs that are due. */
export async function wake(): Promise<void> {
  running?.wake();
}
