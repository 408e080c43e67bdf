import { z } from "zod";

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
