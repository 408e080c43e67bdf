import type { WorkerFamily } from "../config/load";
import { moduleLog } from "../log";
import type { TakenJob } from "./backend";
import {
  type JobPayload,
  jobs,
  type MessageName,
  type QueueName,
  type ScheduleName,
  schedulesOf,
} from "./catalog";
import { closeWorker, getBackend, getQueue, keepWorker, warnOfQueue } from "./connection";

export interface QueueWorker {
  /** Takes no more jobs and waits for those in hand, at most `graceMs` (10 s if absent). */
  close(graceMs?: number): Promise<void>;
}

/** Handles a queue's jobs, as many at once as the catalog says, until closed. A handler that throws fails its job. */
export async function startWorker<N extends MessageName>(
  name: N,
  handler: (payload: JobPayload<N>) => Promise<void>,
): Promise<QueueWorker> {
  const { schema, concurrency } = jobs[name];
  const process = async ({ data }: TakenJob) => await handler(schema.parse(data) as JobPayload<N>);
  // Whatever arrives wakes it, so an idle one need not ask often; runs are what someone waits for.
  return await start(name, process, { concurrency, drainDelay: name === "runs.wake" ? 5 : 30 });
}

/** Does the recurring jobs of a role when each is due, until closed. */
export async function startScheduleWorker(
  role: WorkerFamily,
  handler: (name: ScheduleName) => Promise<void>,
): Promise<QueueWorker> {
  const known = schedulesOf(role);
  const process = async (job: TakenJob) => {
    const name = known.find((one) => one === job.name);
    if (name) await handler(name);
    // Of another version, which came after this process had started.
    else await (await getQueue(role)).removeJobScheduler(job.name);
  };
  // A turn may come while an earlier one of the same job lasts; it must hold up no one.
  return await start(role, process, { concurrency: 2 * known.length, drainDelay: 30 });
}

async function start(
  name: QueueName,
  process: (job: TakenJob) => Promise<void>,
  options: { concurrency: number; drainDelay: number },
): Promise<QueueWorker> {
  const worker = (await getBackend()).worker(name, process, options);
  worker.on("error", (error) => warnOfQueue(error, name, "worker error"));
  worker.on("failed", (job, error) =>
    moduleLog("queue").error({ err: error, queue: name, job: job?.name, data: job?.data }, "a job failed"),
  );
  keepWorker(worker);
  return { close: async (graceMs = 10_000) => await closeWorker(worker, graceMs) };
}
