import { within } from "@/lib/kernel/probe";
import { type QueueName, queueNames } from "./catalog";
import { answerLimitMs, getBackend, getQueue } from "./connection";

const shownFailures = 10;

export interface QueueStats {
  name: QueueName;
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
  workers: number;
  /** The newest failures, without payloads' secrets: jobs carry ids only. */
  failures: { id: string; job: string; reason: string; failedAt: string | null; data: unknown }[];
}

/** How every queue stands. @throws when the queue's server does not answer within 3 s */
export async function queueStats(): Promise<{ backend: "redis" | "postgres"; queues: QueueStats[] }> {
  return await within(answerLimitMs, readStats());
}

async function readStats() {
  const backend = await getBackend();
  return { backend: backend.kind, queues: await Promise.all(queueNames.map(statsOf)) };
}

async function statsOf(name: QueueName): Promise<QueueStats> {
  const queue = await getQueue(name);
  const [counts, workers] = await Promise.all([
    queue.getJobCounts("waiting", "active", "delayed", "failed"),
    queue.getWorkersCount(),
  ]);
  const failed = counts.failed ? await queue.getFailed(0, shownFailures - 1) : [];
  return {
    name,
    waiting: counts.waiting ?? 0,
    active: counts.active ?? 0,
    delayed: counts.delayed ?? 0,
    failed: counts.failed ?? 0,
    workers,
    failures: failed.map((job) => ({
      id: String(job.id),
      job: job.name,
      reason: job.failedReason ?? "",
      failedAt: job.finishedOn ? new Date(job.finishedOn).toISOString() : null,
      data: job.data,
    })),
  };
}

/** Tries the failed jobs of a queue again. @throws when the queue's server does not answer */
export async function retryFailed(name: QueueName): Promise<void> {
  const queue = await getQueue(name);
  await queue.retryJobs({ state: "failed", count: 500 });
}

/** Tries one failed job again. @returns false when the queue has no such failed job */
export async function retryFailedJob(name: QueueName, id: string): Promise<boolean> {
  const job = await (await getQueue(name)).getJob(id);
  if (!job || !(await job.isFailed())) return false;
  await job.retry("failed");
  return true;
}
