import { sql } from "kysely";
import { dailyCostRows } from "@/lib/features/metering/joins";
import { projectRows } from "@/lib/features/projects/joins";
import { ago, isPlacedAt, rowPlace, rowsOf, statements, type Tx, writtenBy } from "@/lib/platform/db";
import { plannedRowsOf } from "./planned-rows";

/** A project and what it is charged against its monthly budget; amounts are decimal texts in its currency. */
export interface SpentBudget {
  id: string;
  name: string;
  currency: string;
  budget: string;
  spent: string;
}

/**
 * Projects, in no order, that were charged a share of their monthly budget or more; archived and demo ones are left out.
 * @param month its first day, "2026-10-01"
 * @param percent of the budget
 */
export async function listSpentBudgets(month: string, percent: number): Promise<SpentBudget[]> {
  const spent = statements
    .selectFrom(projectRows.as("p"))
    .innerJoin(dailyCostRows.as("d"), (join) =>
      join
        .onRef("d.project_id", "=", "p.id")
        .onRef("d.currency", "=", "p.currency")
        .on("d.day", ">=", sql<Date>`${month}::date`),
    )
    .select(["p.id", "p.name", "p.currency"])
    .select([sql<string>`p.budget_monthly::text`.as("budget"), sql<string>`sum(d.amount)::text`.as("spent")])
    .where("p.budget_monthly", ">", "0")
    .where("p.archived_at", "is", null)
    .where("p.is_demo", "=", false)
    .groupBy(["p.id", "p.name", "p.currency", "p.budget_monthly"])
    .having(sql<boolean>`sum(d.amount) * 100 >= p.budget_monthly * ${percent}::int`);
  return await plannedRowsOf(spent);
}

/**
 * Notes that a project's budget of a month reached thresholds.
 * @param alert the month's first day, and percent of the budget
 * @returns those that were not noted yet
 */
export async function noteThresholds(
  tx: Tx,
  alert: { projectId: string; month: string; thresholds: readonly number[] },
): Promise<number[]> {
  const { projectId, month, thresholds } = alert;
  if (thresholds.length === 0) return [];
  const rows = await rowsOf(
    statements
      .insertInto("budget_alert")
      .values(thresholds.map((percent) => ({ project_id: projectId, month, percent })))
      .onConflict((conflict) => conflict.doNothing())
      .returning("percent"),
    tx,
  );
  return rows.map((row) => row.percent);
}

/** Deletes up to so many notes of months that ended three months ago; answers how many. */
export async function deleteOldBudgetAlerts(limit: number): Promise<number> {
  const old = statements.selectFrom("budget_alert").select(rowPlace).where("month", "<", ago("3 months"));
  return await writtenBy(statements.deleteFrom("budget_alert").where(isPlacedAt(old.limit(sql.lit(limit)))));
}
