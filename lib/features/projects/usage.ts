import type { Actor } from "@/lib/platform/auth";
import { pooled } from "@/lib/platform/db";
import { quotaUse } from "../quotas";
import type { QuotaUse } from "../quotas/schema";
import { resolveProjectId } from "./queries";
import { sumCommitted } from "./store";

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
    sumCommitted(projectId),
  ]);
  return { quotas, committedMonthly };
}
