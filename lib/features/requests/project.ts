import { notFound } from "@/lib/kernel/errors";
import { query } from "@/lib/platform/db";

/** A project's limits as requests need them; amounts are decimal texts. */
export interface ProjectRow {
  id: string;
  slug: string;
  name: string;
  currency: string;
  approvalLimit: string | null;
  budgetMonthly: string | null;
  maxLeaseDays: number | null;
  isDemo: boolean;
}

/**
 * A project by id or slug.
 * @throws AppError not_found, also for archived ones
 */
export async function findProject(idOrSlug: string): Promise<ProjectRow> {
  const [row] = await query<ProjectRow>(
    `SELECT id, slug, name, currency, approval_limit::text AS "approvalLimit",
       budget_monthly::text AS "budgetMonthly", max_lease_days AS "maxLeaseDays", is_demo AS "isDemo"
     FROM project WHERE (id = $1 OR slug = $1) AND archived_at IS NULL`,
    [idOrSlug],
    { name: "project_for_request" },
  );
  if (!row) throw notFound("The project");
  return row;
}

/**
 * Monthly cost of what a project's environments hold and its open requests would add: decimal text.
 * @param exceptRequestId a request that is judged again and does not count beside itself
 */
export async function committedMonthly(projectId: string, exceptRequestId = ""): Promise<string> {
  const [row] = await query<{ total: string }>(
    `SELECT coalesce(sum(CASE WHEN state = 'reserved' THEN greatest(monthly_cost, 0) ELSE monthly_cost END), 0)::text AS total
     FROM reservation WHERE project_id = $1 AND state IN ('reserved', 'converted') AND request_id <> $2`,
    [projectId, exceptRequestId],
    { name: "project_committed" },
  );
  return row?.total ?? "0";
}
