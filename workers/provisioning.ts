import { defaultRunLimits, RunRunner } from "@/lib/engine/run";
import { EnvironmentExecutor } from "@/lib/features/runs";
import { getConfig } from "@/lib/platform/config";
import { getPool, withSqlTransaction } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { enqueue, startWorker } from "@/lib/platform/queue";
import { loop, type Stop, stopAll } from "./loop";

const sweepMs = 2_000;
const drainMs = 8_000;

/** Walks runs. A message only wakes; the sweep finds what no message told of. */
export async function start(workerId: string): Promise<Stop> {
  const log = moduleLog("runs");
  const runner: RunRunner = new RunRunner({
    pool: getPool(),
    inTransaction: withSqlTransaction,
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
  const sweep = loop("sweep of runs", sweepMs, async () => runner.wake());
  const messages = await startWorker("runs.wake", async () => runner.wake(), { concurrency: 8 });
  return stopAll([sweep, () => messages.close(2_000), () => runner.stop(drainMs)]);
}
