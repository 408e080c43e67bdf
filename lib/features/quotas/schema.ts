import { z } from "zod";

/** Use of one quota: what living environments hold, what open requests reserve, what the request would add. */
export const quotaUseSchema = z.object({
  name: z.enum(["cpu", "memory", "storage", "environments"]),
  /** Cores, bytes, bytes, count. Null = unlimited. */
  limit: z.number().nullable(),
  used: z.number(),
  added: z.number(),
});
export type QuotaUse = z.output<typeof quotaUseSchema>;
