import { z } from "zod";
import { queueNames } from "@/lib/platform/queue/catalog";

export const workerSchema = z.object({
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
export type WorkerDto = z.output<typeof workerSchema>;

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
      failures: z.array(
        z.object({ id: z.string(), reason: z.string(), failedAt: z.string().nullable(), data: z.unknown() }),
      ),
    }),
  ),
});
export type QueueListDto = z.output<typeof queueListSchema>;
