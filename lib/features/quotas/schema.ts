import { z } from "zod";

export { reservationStates } from "./states";

export const quotaNames = ["cpu", "memory", "storage", "environments"] as const;

/** Use of one quota: what living environments hold, what open requests reserve, what the request would add. */
export const quotaUseSchema = z.object({
  name: z.enum(quotaNames),
  /** Cores, bytes, bytes, count. Null = unlimited. */
  limit: z.number().nullable(),
  used: z.number(),
  added: z.number(),
});
export type QuotaUse = z.output<typeof quotaUseSchema>;
