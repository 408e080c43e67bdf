import { defaultRunLimits, RunRunner } from "@/lib/engine/run";
import { EnvironmentExecutor, settleEndedRuns } from "@/lib/features/runs";
import { getConfig } from "@/lib/platform/config";
import { getPool } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { enqueue } from "@/lib/platform/queue";
import { listen, type Stoppable } from "./listen";
import { Ticker } from "./ticker";

const sweepMs = 2_000;
const drainMs = 7_000;
/** Messages are cheap: they only say that something may be due. */
const wakeConcurrency = 32;

/** Walks runs. A lost message costs at most the two seconds until the sweep. */
export function startProvisioning(workerId: string): Stoppable {
  const log = moduleLog("provisioning");
  const runner = new RunRunner({
    pool: getPool(),
    workerId,
    executor: new EnvironmentExecutor(),
    limits: defaultRunLimits,
    maxRuns: getConfig().workerConcurrency,
    wakeAt: (runId, at) =>
      void enqueue("runs.wake", { runId }, { delayMs: Math.max(1, at.getTime() - Date.now()) }),
    onError: (message, error) => log.error({ err: error }, message),
  });
  runner.start();
  const sweep = new Ticker({
    name: "runs.sweep",
    everyMs: sweepMs,
    work: async () => {
      runner.wake();
      await settleEndedRuns();
    },
  }).start();
  const messages = listen("runs.wake", async () => runner.wake(), { concurrency: wakeConcurrency });
  return {
    stop: async () => {
      await Promise.all([sweep.stop(), messages.stop(), runner.stop(drainMs)]);
    },
  };
}
