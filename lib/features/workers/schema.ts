import { z } from "zod";

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
  /** It said so within the last 30 seconds. */
  alive: z.boolean(),
});
export type WorkerDto = z.output<typeof workerDto>;
