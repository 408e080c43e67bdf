import { AppError } from "@/lib/kernel/errors";
import { recordAuditAlone } from "@/lib/platform/audit";
import type { Actor } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { type QueueName, queueStats, retryFailed } from "@/lib/platform/queue";
import type { QueueListDto, WorkerDto } from "./schema";

/** Worker processes, those that live first. A process that was killed stays listed for a day. */
export async function listWorkers(): Promise<WorkerDto[]> {
  const rows = await query<
    Omit<WorkerDto, "startedAt" | "heartbeatAt"> & { startedAt: Date; heartbeatAt: Date }
  >(
    `SELECT id, families, host, pid, version, (detail->>'rssBytes')::float8 AS "rssBytes", started_at AS "startedAt",
       heartbeat_at AS "heartbeatAt", heartbeat_at > now() - interval '30 seconds' AS alive
     FROM worker_instance ORDER BY alive DESC, started_at DESC LIMIT 200`,
  );
  return rows.map((row) => ({
    ...row,
    startedAt: row.startedAt.toISOString(),
    heartbeatAt: row.heartbeatAt.toISOString(),
  }));
}

/** How every queue stands. @throws AppError unavailable when the queue's server does not answer */
export async function listQueues(): Promise<QueueListDto> {
  try {
    return await queueStats();
  } catch (error) {
    throw unanswered(error);
  }
}

/** Tries the failed messages of a queue again. @throws AppError unavailable as `listQueues` */
export async function retryFailedMessages(actor: Actor, name: QueueName): Promise<void> {
  // Before the act: a queue is no part of a transaction, and what was tried must be written down either way.
  await recordAuditAlone({ actor, action: "queue.retry", objectType: "queue", objectId: name });
  try {
    await retryFailed(name);
  } catch (error) {
    throw unanswered(error);
  }
}

function unanswered(error: unknown): AppError {
  return new AppError(
    "unavailable",
    "The queue is unavailable. Workers pick up pending jobs from the database.",
    {
      cause: error,
    },
  );
}
