import { placementCandidates } from "@/lib/features/clouds";
import { isolationLabels } from "@/lib/features/clouds/schema";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import type { CloudOption, ProjectOption } from "./schema";

/** The projects in which the actor may ask for environments, with what their budgets are committed to. */
export async function listProjectOptions(actor: Actor): Promise<ProjectOption[]> {
  const allowed = visibleProjects(actor, "environment.request");
  return await query<ProjectOption>(
    `SELECT p.id, p.slug, p.name, p.currency, trim_scale(p.approval_limit)::text AS "approvalLimit",
       trim_scale(p.budget_monthly)::text AS "budgetMonthly", p.max_lease_days AS "maxLeaseDays",
       coalesce((SELECT sum(CASE WHEN r.state = 'reserved' THEN greatest(r.monthly_cost, 0) ELSE r.monthly_cost END)
          FROM reservation r WHERE r.project_id = p.id AND r.state IN ('reserved', 'converted')), 0)::text
         AS "committedMonthly"
     FROM project p WHERE p.archived_at IS NULL AND ($1::text[] IS NULL OR p.id = ANY($1))
     ORDER BY p.is_demo, p.name LIMIT 500`,
    [allowed === "all" ? null : allowed],
  );
}

/** The enabled clouds, with no more than a person who asks must know. */
export async function listCloudOptions(): Promise<CloudOption[]> {
  const clouds = await placementCandidates();
  return clouds.map(
    ({ name, title, driver, implementations, healthOk, healthMessage, isDemo, isolation }) => ({
      name,
      title,
      driver,
      implementations: [...implementations],
      healthOk,
      healthMessage,
      isDemo,
      isolation: isolation && isolationLabels[isolation],
    }),
  );
}
