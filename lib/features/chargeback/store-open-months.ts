import { sql } from "kysely";
import { jsonBuildObject } from "kysely/helpers/postgres";
import { environmentRows } from "@/lib/features/environments/joins";
import { costSumRows, dailyCostRows } from "@/lib/features/metering/joins";
import { costCenterRows, projectRows } from "@/lib/features/projects/joins";
import { rowsOf, statements, type Tx } from "@/lib/platform/db";
import { plannedRowsOf } from "./planned-rows";
import type { ClosableMonth, MeterName, StatementLine } from "./schema";

/** What a cost center was charged in a month in one currency; the total is a decimal text. */
export interface OpenMonth {
  costCenterId: string;
  currency: string;
  total: string;
  lines: StatementLine[];
}

/**
 * Months before the one of a moment (UTC) that have costs of cost centers without a statement, the earliest first, with
 * how many of those there are, counted once per currency.
 */
export async function listClosableMonths(at: Date): Promise<ClosableMonth[]> {
  const currencies = statements.selectFrom("price_book").select("currency").distinct().as("b");
  const closable = statements
    .selectFrom(currencies)
    .crossJoinLateral(firstDay().as("f"))
    .crossJoinLateral(() => monthsSince(at).as("m"))
    .crossJoin(costCenterRows.as("c"))
    .select([
      sql<string>`to_char(m.month, 'YYYY-MM')`.as("month"),
      sql<number>`count(*)::int`.as("costCenters"),
    ])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("statement as s")
            .select("s.id")
            .whereRef("s.month", "=", "m.month")
            .whereRef("s.cost_center_id", "=", "c.id")
            .whereRef("s.currency", "=", "b.currency"),
        ),
      ),
    )
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom(costSumRows.as("d"))
          .select("d.key")
          .where("d.dimension", "=", sql.lit("cost-center"))
          .where("d.project_id", "=", sql.lit(""))
          .whereRef("d.key", "=", "c.id")
          .whereRef("d.currency", "=", "b.currency")
          .whereRef("d.day", ">=", "m.month")
          .where("d.day", "<", sql<Date>`m.month + interval '1 month'`),
      ),
    )
    .groupBy("m.month")
    .orderBy("m.month");
  return await rowsOf(closable);
}

/** The first day that has costs in the currency of `b`. */
const firstDay = () =>
  statements
    .selectFrom(costSumRows.as("cost_sum"))
    .select((eb) => eb.fn.min("day").as("day"))
    .where("dimension", "=", sql.lit("cost-center"))
    .where("project_id", "=", sql.lit(""))
    .where("currency", "=", sql.ref<string>("b.currency"));

/** The first days of the months from the one of `f.day` to the one before a moment's. */
const monthsSince = (at: Date) =>
  statements
    .selectFrom(
      sql<{ at: Date }>`generate_series(date_trunc('month', f.day::timestamp),
        date_trunc('month', ${at}::timestamptz AT TIME ZONE 'UTC') - interval '1 month', interval '1 month')`.as(
        "at",
      ),
    )
    .select(sql<Date>`at::date`.as("month"));

/**
 * What cost centers without a statement were charged in a month, by cost center and currency.
 * @param month its first day, "2026-10-01"
 * @param costCenter id or code of the only one; null for all
 */
export async function listOpenMonths(tx: Tx, month: string, costCenter: string | null): Promise<OpenMonth[]> {
  const open = statements
    .with("sums", () => openSums(month, costCenter))
    .selectFrom("sums as s")
    .leftJoin(projectRows.as("p"), "p.id", "s.project_id")
    .leftJoin(environmentRows.as("e"), "e.id", "s.environment_id")
    .select((eb) => [
      "s.cost_center_id as costCenterId",
      "s.currency",
      sql<string>`trim_scale(sum(s.amount))::text`.as("total"),
      eb.fn
        .jsonAgg(
          jsonBuildObject({
            projectId: eb.ref("s.project_id"),
            project: eb.fn.coalesce("p.name", "s.project_id"),
            environmentId: eb.ref("s.environment_id"),
            environment: eb.fn.coalesce("e.name", "s.environment_id"),
            component: eb.ref("s.component"),
            meter: eb.ref("s.meter").$castTo<MeterName>(),
            quantity: sql<string>`trim_scale(s.quantity)::text`,
            amount: sql<string>`trim_scale(s.amount)::text`,
          }),
        )
        .orderBy("p.name")
        .orderBy("e.name")
        .orderBy("s.environment_id")
        .orderBy("s.component")
        .orderBy("s.meter")
        .as("lines"),
    ])
    .groupBy(["s.cost_center_id", "s.currency"])
    .orderBy("s.cost_center_id")
    .orderBy("s.currency");
  return await plannedRowsOf(open, tx);
}

function openSums(month: string, costCenter: string | null) {
  const first = sql<Date>`${month}::date`;
  const of = ["d.cost_center_id", "d.currency", "d.project_id", "d.environment_id"] as const;
  const sums = statements
    .selectFrom(dailyCostRows.as("d"))
    .innerJoin(costCenterRows.as("c"), "c.id", "d.cost_center_id")
    .select([...of, "d.component", "d.meter"])
    .select((eb) => [
      eb.fn.sum<string>("d.quantity").as("quantity"),
      eb.fn.sum<string>("d.amount").as("amount"),
    ])
    .where("d.day", ">=", first)
    .where("d.day", "<", sql<Date>`${first} + interval '1 month'`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("statement as s")
            .select("s.id")
            .whereRef("s.cost_center_id", "=", "d.cost_center_id")
            .where("s.month", "=", first)
            .whereRef("s.currency", "=", "d.currency"),
        ),
      ),
    )
    .groupBy([...of, "d.component", "d.meter"]);
  if (costCenter === null) return sums;
  return sums.where((eb) => eb.or([eb("c.id", "=", costCenter), eb("c.code", "=", costCenter)]));
}
