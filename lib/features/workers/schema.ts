import { z } from "zod";
import { queueNames, scheduleNames } from "@/lib/platform/queue/catalog";

/** The process that this one was started in place of. */
export const replacedSchema = z.object({
  at: z.iso.datetime(),
  /** How it ended, in words. */
  reason: z.string(),
  /** It gave no sign of life and was ended for that. */
  hung: z.boolean(),
});
export type ReplacedProcess = z.output<typeof replacedSchema>;

export const workerDto = z.object({
  id: z.string(),
  /** Kinds of background work it does: provisioning, monitoring … */
  families: z.array(z.string()),
  host: z.string(),
  pid: z.number().int(),
  version: z.string(),
  startedAt: z.iso.datetime(),
  heartbeatAt: z.iso.datetime(),
  heartbeatAgeSeconds: z.number(),
  /** Resident memory at the last heartbeat; null while unknown. */
  memoryBytes: z.number().nullable(),
  /** Why it was started in place of another; null after an ordinary start. */
  replaces: replacedSchema.nullable(),
  /** It said so within the last 30 seconds. */
  alive: z.boolean(),
});
export type WorkerDto = z.output<typeof workerDto>;

/** A worker process as the API lists it. */
export const workerItemSchema = z.object({
  id: z.string(),
  families: z.array(z.string()),
  host: z.string(),
  pid: z.number(),
  /** Of Node. */
  version: z.string(),
  rssBytes: z.number().nullable(),
  startedAt: z.string(),
  heartbeatAt: z.string(),
  /** Whether it was heard of within the last 30 s. */
  alive: z.boolean(),
});
export type WorkerItemDto = z.output<typeof workerItemSchema>;

const count = z.number();

export const queueListSchema = z.object({
  backend: z.enum(["redis", "postgres"]),
  queues: z.array(
    z.object({
      name: z.enum(queueNames),
      waiting: count,
      active: count,
      delayed: count,
      failed: count,
      workers: count,
      /** The newest failed jobs. */
      failures: z.array(
        z.object({
          id: z.string(),
          /** Which job of the queue. */
          job: z.string(),
          reason: z.string(),
          failedAt: z.string().nullable(),
          data: z.unknown(),
        }),
      ),
    }),
  ),
});
export type QueueListDto = z.output<typeof queueListSchema>;

/** A recurring job. */
export const scheduleSchema = z.object({
  name: z.enum(scheduleNames),
  /** Of the workers that do it. */
  role: z.string(),
  /** How often the work is done. */
  everyMs: z.number(),
  /** For how long one worker continues with frequent work before the next one may take it; null for other work. */
  turnMs: z.number().nullable(),
  /** When the queue gives out the next turn; null while no job scheduler exists. */
  nextAt: z.iso.datetime().nullable(),
  /** Of the newest run, as workers report it every ten seconds; null before the first one. */
  lastAt: z.iso.datetime().nullable(),
  lastDurationMs: z.number().nullable(),
  /** Why the newest run failed; null when it worked. */
  lastError: z.string().nullable(),
});
export type ScheduleDto = z.output<typeof scheduleSchema>;
