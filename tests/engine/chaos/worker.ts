import { RunRunner } from "@/lib/engine/run";
import { PostgresRunStore } from "@/lib/engine/run/postgres";
import { EnvironmentExecutor } from "@/lib/features/runs";
import { messageOf } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { getPool, inTransaction } from "@/lib/platform/db";
import { enqueue, startWorker } from "@/lib/platform/queue";

/** A provisioning worker with short leases, so that what its death does shows within seconds. */
const complain = (what: string, error: unknown) =>
  console.error(`${process.pid} ${what}: ${messageOf(error)}`);

const runner: RunRunner = new RunRunner({
  store: new PostgresRunStore(getPool(), inTransaction),
  workerId: newId("worker"),
  executor: new EnvironmentExecutor(),
  limits: {
    leaseMs: 2_500,
    heartbeatMs: 400,
    attemptMs: Number(process.env.TEST_ATTEMPT_MS ?? 60_000),
    stepAttempts: 8,
    backoffBaseMs: 50,
    backoffCapMs: 1_000,
    parkAfterMs: 300,
    cloudWaitMs: 60_000,
    cloudRetryMs: 200,
    cancelGraceMs: 1_000,
  },
  maxRuns: Number(process.env.WORKER_CONCURRENCY ?? 5),
  wakeAt: (runId, at) =>
    void enqueue("runs.wake", { runId }, { delayMs: Math.max(0, at.getTime() - Date.now()) }),
  onError: complain,
});
// The process that started this worker is gone: no one would end it any more.
process.on("disconnect", () => process.exit(1));
runner.start();
process.send?.("ready");

setInterval(() => runner.wake(), 700);

void startWorker("runs.wake", async () => runner.wake()).catch((error: unknown) => {
  // Without a queue the sweep above still finds the work.
  complain("queue", error);
});
process.on("unhandledRejection", (error) => complain("unhandled", error));
