import { AppError } from "@/lib/kernel/errors";
import { recordAuditAlone } from "@/lib/platform/audit";
import type { Actor } from "@/lib/platform/auth";
import {
  jobs,
  lookMsOf,
  type QueueName,
  queueStats,
  readNextTurns,
  retryFailed,
  retryFailedJob,
  scheduleNames,
} from "@/lib/platform/queue";
import type { QueueListDto, ScheduleDto } from "./schema";
import { listTurns } from "./store-turns";

/** How every queue stands. @throws AppError unavailable when the queue's server does not answer */
export async function listQueues(): Promise<QueueListDto> {
  return await answering(queueStats());
}

/** Every recurring job: when it is due and how its newest turn went. @throws AppError unavailable as `listQueues` */
export async function listSchedules(): Promise<ScheduleDto[]> {
  const roles = [...new Set(scheduleNames.map((name) => jobs[name].role))];
  const [turns, ...due] = await Promise.all([
    listTurns(),
    ...roles.map((role) => answering(readNextTurns(role))),
  ]);
  const next = new Map(due.flatMap((one) => [...one]));
  const last = new Map(turns.map((turn) => [turn.name, turn]));
  return scheduleNames.map((name) => {
    const turn = last.get(name);
    return {
      name,
      role: jobs[name].role,
      everyMs: lookMsOf(name) ?? jobs[name].everyMs,
      turnMs: lookMsOf(name) === null ? null : jobs[name].everyMs,
      nextAt: next.get(name)?.toISOString() ?? null,
      lastAt: turn?.startedAt.toISOString() ?? null,
      lastDurationMs: turn?.durationMs ?? null,
      lastError: turn?.error ?? null,
    };
  });
}

/**
 * Tries the failed jobs of a queue again, or one of them.
 * @throws AppError not_found for a job that isn't among the failed ones, unavailable as `listQueues`
 */
export async function retryFailedJobs(actor: Actor, name: QueueName, jobId?: string): Promise<void> {
  // Before the act: a queue is no part of a transaction, and what was tried must be written down either way.
  await recordAuditAlone({
    actor,
    action: "queue.retry",
    objectType: "queue",
    objectId: name,
    ...(jobId !== undefined && { detail: { job: jobId } }),
  });
  if (jobId === undefined) return await answering(retryFailed(name));
  if (await answering(retryFailedJob(name, jobId))) return;
  throw new AppError(
    "not_found",
    "The queue has no failed job with this ID. It may have been retried already.",
  );
}

async function answering<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new AppError(
      "unavailable",
      "The queue is unavailable. Workers pick up pending jobs from the database.",
      { cause: error },
    );
  }
}
