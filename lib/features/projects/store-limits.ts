import { notFound } from "@/lib/kernel/errors";
import { rowOf, statements } from "@/lib/platform/db";

/** A project with its limits; amounts are decimal texts. */
export interface ProjectLimits {
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
export async function findProjectLimits(idOrSlug: string): Promise<ProjectLimits> {
  const project = statements
    .selectFrom("project")
    .select([
      "id",
      "slug",
      "name",
      "currency",
      "approval_limit as approvalLimit",
      "budget_monthly as budgetMonthly",
      "max_lease_days as maxLeaseDays",
      "is_demo as isDemo",
    ])
    .where((eb) => eb.or([eb("id", "=", idOrSlug), eb("slug", "=", idOrSlug)]))
    .where("archived_at", "is", null);
  const row = await rowOf(project);
  if (!row) throw notFound("The project");
  return row;
}
