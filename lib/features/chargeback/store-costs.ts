import { sql } from "kysely";
import { costSumRows } from "@/lib/features/metering/joins";
import { anyOf, statements } from "@/lib/platform/db";
import { plannedRowsOf } from "./planned-rows";
import type { CostGroup } from "./schema";
import { groupName } from "./store-groups";

/** Costs of a period in one currency; days are texts like "2026-10-31", the last one is included. */
export interface CostPeriod {
  from: string;
  to: string;
  currency: string;
  /** Projects that count; all is the whole organization, which has sums of its own. */
  projects: readonly string[] | "all";
}

/** What a group or a day cost. */
export interface CostTotal {
  /** Null in the sum of a day. */
  key: string | null;
  name: string | null;
  day: string | null;
  /** Exact decimal text. */
  amount: string;
  /** Of all groups, to the cent. */
  total: string;
  /** Of the total, 0 to 1. */
  share: number;
}

/** What a group cost on a day, exact decimal text. */
interface DayCost {
  day: string;
  key: string;
  amount: string;
}

/** The sums of a period by the members of a group. */
const sumsOf = (group: CostGroup, { from, to, currency, projects }: CostPeriod) =>
  statements
    .selectFrom(costSumRows.as("cost_sum"))
    .where("dimension", "=", group)
    .where((eb) => eb.between("day", sql<Date>`${from}::date`, sql<Date>`${to}::date`))
    .where("currency", "=", currency)
    .where("project_id", "=", anyOf(projects === "all" ? [""] : projects));

/**
 * What every member of a group cost in the whole period, with its share of everything, and what every day cost in all,
 * the most expensive first: the rows are read once for all of it.
 */
export async function listCostTotals(group: CostGroup, period: CostPeriod): Promise<CostTotal[]> {
  const sums = sumsOf(group, period)
    .select(["key", "day"])
    .select((eb) => [
      eb.fn.sum<string>("amount").as("amount"),
      sql<string>`sum(sum(amount)) FILTER (WHERE key IS NOT NULL) OVER ()`.as("total"),
    ])
    .groupBy(sql`GROUPING SETS ((key), (day))`);
  const totals = statements
    .selectFrom(sums.as("d"))
    .select((eb) => [
      eb.ref("d.key").$castTo<string | null>().as("key"),
      eb.case().when("d.key", "is not", null).then(groupName(group)).end().as("name"),
      sql<string | null>`to_char(d.day, 'YYYY-MM-DD')`.as("day"),
      sql<string>`d.amount::text`.as("amount"),
      sql<string>`round(d.total, 2)::text`.as("total"),
      sql<number>`coalesce(d.amount / nullif(d.total, 0), 0)::float8`.as("share"),
    ])
    .orderBy("d.amount", "desc")
    .orderBy("d.key");
  return await plannedRowsOf(totals);
}

/**
 * What every day cost by the members of a group, in no order.
 * @param keys the only ones of the group; null for all
 */
export async function listDayCosts(
  group: CostGroup,
  period: CostPeriod,
  keys: readonly string[] | null,
): Promise<DayCost[]> {
  const days = sumsOf(group, period)
    .select([
      sql<string>`to_char(day, 'YYYY-MM-DD')`.as("day"),
      "key",
      sql<string>`trim_scale(sum(amount))::text`.as("amount"),
    ])
    // Qualified, since the text of a day is called "day", too.
    .groupBy(["cost_sum.day", "key"]);
  return await plannedRowsOf(keys === null ? days : days.where("key", "=", anyOf(keys)));
}

/** What a member of a group is called when it has costs in the period; the name is null when it is gone. */
export async function findCostGroup(
  group: CostGroup,
  key: string,
  period: CostPeriod,
): Promise<{ name: string | null } | null> {
  const one = sumsOf(group, period).select("key").where("key", "=", key).limit(sql.lit(1));
  const [row] = await plannedRowsOf(statements.selectFrom(one.as("d")).select(groupName(group).as("name")));
  return row ?? null;
}

/** Another text whenever what a period cost in these projects has changed. */
export async function findCostVersion(period: CostPeriod): Promise<string> {
  const version = sumsOf("component", period).select(
    sql<string>`concat(sum(amount), ' ', sum(entries))`.as("version"),
  );
  const [row] = await plannedRowsOf(version);
  return row?.version ?? "";
}
