import { Recent } from "@/lib/kernel/recent";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { expectedMonth } from "./rules";
import type { ProjectCost } from "./schema";

const answers = new Recent<ProjectCost[]>(30_000);

/**
 * This month's cost of every project whose costs the actor may see, the dearest first. At most half a minute old: it
 * sums a month of every environment, and everybody's home asks for it.
 */
export async function monthOfProjects(actor: Actor): Promise<ProjectCost[]> {
  const visible = visibleProjects(actor, "cost.read");
  const all = await answers.get("", readAll);
  return visible === "all" ? all : all.filter((row) => visible.includes(row.id));
}

async function readAll(): Promise<ProjectCost[]> {
  const rows = await query<Omit<ProjectCost, "expected">>(
    `SELECT p.id, p.slug, p.name, c.name AS "costCenter", p.currency, trim_scale(p.budget_monthly)::text AS budget,
       coalesce(d.spent, 0)::text AS spent, coalesce(e.monthly, 0)::text AS monthly
     FROM project p JOIN cost_center c ON c.id = p.cost_center_id
     LEFT JOIN (SELECT project_id, currency, sum(amount) AS spent FROM cost_sum
                 WHERE dimension = 'project' AND project_id <> '' AND day >= date_trunc('month', now() AT TIME ZONE 'UTC')::date GROUP BY 1, 2) d
       ON d.project_id = p.id AND d.currency = p.currency
     LEFT JOIN (SELECT project_id, sum(monthly_cost) AS monthly FROM environment
                 WHERE destroyed_at IS NULL AND status <> 'pending' GROUP BY 1) e ON e.project_id = p.id
     WHERE p.archived_at IS NULL ORDER BY coalesce(d.spent, 0) DESC, p.name`,
    [],
    { name: "home_costs" },
  );
  const now = new Date();
  return rows.map((row) => ({ ...row, expected: expectedMonth(row.spent, row.monthly, now) }));
}
