import { sql } from "kysely";
import { projectRows } from "@/lib/features/projects/joins";
import { committedRows } from "@/lib/features/quotas/joins";
import { anyOf, rowsOf, statements } from "@/lib/platform/db";
import type { ProjectOption } from "./schema";

/** Projects that are not archived, with what their budgets are committed to; demo projects last, then by name; at most 500. */
export async function listProjectsFor(allowed: "all" | readonly string[]): Promise<ProjectOption[]> {
  const projects = statements
    .selectFrom(projectRows.as("p"))
    .select(["p.id", "p.slug", "p.name", "p.currency", "p.max_lease_days as maxLeaseDays"])
    .select([
      sql<string | null>`trim_scale(p.approval_limit)::text`.as("approvalLimit"),
      sql<string | null>`trim_scale(p.budget_monthly)::text`.as("budgetMonthly"),
    ])
    .select((eb) =>
      eb.fn
        .coalesce(
          eb.selectFrom(committedRows.as("r")).select("r.total").whereRef("r.project_id", "=", "p.id"),
          sql<string>`0`,
        )
        .as("committedMonthly"),
    )
    .where("p.archived_at", "is", null)
    .orderBy("p.is_demo")
    .orderBy("p.name")
    .limit(500);
  return await rowsOf(allowed === "all" ? projects : projects.where("p.id", "=", anyOf(allowed)));
}
