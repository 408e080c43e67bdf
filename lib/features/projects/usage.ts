import type { Actor } from "@/lib/platform/auth";
import { getPool, query } from "@/lib/platform/db";
import { quotaUse } from "../quotas";
import type { QuotaUse } from "../quotas/schema";
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
  const [quotas, [row]] = await Promise.all([
    quotaUse(getPool(), projectId, nothing),
    query<{ committed: string }>(
      `SELECT coalesce(sum(CASE WHEN state = 'reserved' THEN greatest(monthly_cost, 0) ELSE monthly_cost END), 0)::text
                AS committed
         FROM reservation WHERE project_id = $1 AND state IN ('reserved', 'converted')`,
      [projectId],
    ),
  ]);
  return { quotas, committedMonthly: row?.committed ?? "0" };
}
