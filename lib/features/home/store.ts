import { sql } from "kysely";
import { environmentRows } from "@/lib/features/environments/joins";
import { costSumRows } from "@/lib/features/metering/joins";
import { costCenterRows, projectRows } from "@/lib/features/projects/joins";
import { type Db, pooled, rowOf, rowsOf, statements } from "@/lib/platform/db";
import type { EnvironmentCounts, ProjectCost } from "./schema";

const noCounts = { total: 0, running: 0, unhealthy: 0, degraded: 0, failed: 0, stopped: 0 };

/** How many living environments of these projects (null for all) there are, and how they are. */
export async function countLiving(
  projectIds: readonly string[] | null,
  db: Db = pooled,
): Promise<EnvironmentCounts> {
  const counts = statements
    .selectFrom(environmentRows.as("environment"))
    .select([
      sql<number>`count(*)::int`.as("total"),
      sql<number>`count(*) FILTER (WHERE status = 'running')::int`.as("running"),
      sql<number>`count(*) FILTER (WHERE health = 'unhealthy')::int`.as("unhealthy"),
      sql<number>`count(*) FILTER (WHERE health = 'degraded')::int`.as("degraded"),
      sql<number>`count(*) FILTER (WHERE status = 'failed')::int`.as("failed"),
      sql<number>`count(*) FILTER (WHERE status = 'stopped')::int`.as("stopped"),
    ])
    .where("destroyed_at", "is", null)
    .$if(projectIds !== null, (statement) =>
      statement.where((eb) => eb("project_id", "=", eb.fn.any(eb.val(projectIds ?? [])))),
    );
  return (await rowOf(counts, db)) ?? noCounts;
}

/** What every project has cost since the first of the month and costs a month, the dearest first. */
export async function listMonthCosts(db: Db = pooled): Promise<Omit<ProjectCost, "expected">[]> {
  const spent = statements
    .selectFrom(costSumRows.as("cost_sum"))
    .select((eb) => ["project_id", "currency", eb.fn.sum("amount").as("spent")])
    .where("dimension", "=", "project")
    .where("project_id", "<>", "")
    .where("day", ">=", sql<Date>`date_trunc('month', now() AT TIME ZONE 'UTC')::date`)
    .groupBy(["project_id", "currency"])
    .as("d");
  const monthly = statements
    .selectFrom(environmentRows.as("environment"))
    .select((eb) => ["project_id", eb.fn.sum("monthly_cost").as("monthly")])
    .where("destroyed_at", "is", null)
    .where("status", "<>", "pending")
    .groupBy("project_id")
    .as("e");
  const costs = statements
    .selectFrom(projectRows.as("p"))
    .innerJoin(costCenterRows.as("c"), "c.id", "p.cost_center_id")
    .leftJoin(spent, (join) => join.onRef("d.project_id", "=", "p.id").onRef("d.currency", "=", "p.currency"))
    .leftJoin(monthly, "e.project_id", "p.id")
    .select([
      "p.id",
      "p.slug",
      "p.name",
      "c.name as costCenter",
      "p.currency",
      sql<string | null>`trim_scale(p.budget_monthly)::text`.as("budget"),
      sql<string>`coalesce(d.spent, 0)::text`.as("spent"),
      sql<string>`coalesce(e.monthly, 0)::text`.as("monthly"),
    ])
    .where("p.archived_at", "is", null)
    .orderBy(sql`coalesce(d.spent, 0)`, "desc")
    .orderBy("p.name");
  return await rowsOf(costs, db);
}
