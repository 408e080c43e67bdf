import { committedMonthly as monthlyOf, quotaUse } from "@/lib/features/quotas";
import type { QuotaUse } from "@/lib/features/quotas/schema";
import type { Actor } from "@/lib/platform/auth";
import { pooled } from "@/lib/platform/db";
import { resolveProjectId } from "./queries";

export interface ProjectUsage {
  quotas: QuotaUse[];
  /** What environments and open requests commit to a month, as a decimal text. */
  committedMonthly: string;
}

/** What a project holds and has promised already. @throws AppError `not_found` */
export async function projectUsage(actor: Actor, idOrSlug: string): Promise<ProjectUsage> {
  const projectId = await resolveProjectId(actor, idOrSlug);
  const nothing = { cpu: 0, memoryBytes: 0, storageBytes: 0, environments: 0, monthlyCost: "0" };
  const [quotas, committedMonthly] = await Promise.all([
    quotaUse(pooled, projectId, nothing),
    monthlyOf(projectId),
  ]);
  return { quotas, committedMonthly };
}
