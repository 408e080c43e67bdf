import { Decimal } from "decimal.js";
import { roundTogether } from "@/lib/kernel/money";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { groupNames } from "./groups";
import type { CostGroup, CostOverview } from "./schema";

const dayMs = 86_400_000;

/** The first day (UTC) of a period of so many days that ends today. */
export function firstDay(days: number, nowMs: number): string {
  return new Date(nowMs - (days - 1) * dayMs).toISOString().slice(0, 10);
}

export interface OverviewOptions {
  group: CostGroup;
  days: number;
  currency?: string;
  /** Days carry the amounts of so many of the dearest; what the others cost stands under `otherKey`. */
  top?: number;
}

/** Stands in a day's amounts for everything beyond the dearest ones. */
export const otherKey = "";

interface Scope {
  values: [group: CostGroup, from: string, to: string, currency: string, projects: string[]];
}

/** The whole organization has sums of its own; else those of the projects are added up. */
function scopeOf(actor: Actor, group: CostGroup, days: number, currency: string, nowMs: number): Scope {
  const visible = visibleProjects(actor, "cost.read");
  const to = new Date(nowMs).toISOString().slice(0, 10);
  return { values: [group, firstDay(days, nowMs), to, currency, visible === "all" ? [""] : visible] };
}

const source = `cost_sum WHERE dimension = $1 AND day BETWEEN $2::date AND $3::date AND currency = $4
  AND project_id = ANY($5::text[])`;

/**
 * What every group cost in the whole period, with its share of everything, and what every day cost in all: one look at
 * the rows for all of it.
 */
const totalsSql = (group: CostGroup) => `
  SELECT key, CASE WHEN key IS NOT NULL THEN ${groupNames[group]} END AS name, to_char(day, 'YYYY-MM-DD') AS day,
    amount::text AS amount, round(total, 2)::text AS total,
    coalesce(amount / nullif(total, 0), 0)::float8 AS share
  FROM (SELECT key, day, sum(amount) AS amount, sum(sum(amount)) FILTER (WHERE key IS NOT NULL) OVER () AS total
        FROM ${source} GROUP BY GROUPING SETS ((key), (day))) d
  ORDER BY d.amount DESC, key`;

/** Amounts per day of the groups in $6; null for all of them. */
const daysSql = `
  SELECT to_char(day, 'YYYY-MM-DD') AS day, key, trim_scale(sum(amount))::text AS amount FROM ${source}
    AND ($6::text[] IS NULL OR key = ANY($6)) GROUP BY day, key`;

interface Total {
  /** Null in the sum of a day. */
  key: string | null;
  name: string | null;
  day: string | null;
  amount: string;
  /** Of all groups. */
  total: string;
  share: number;
}

/** Cost per day and group of the projects the actor may see, every day of the period. Days are UTC. */
export async function costOverview(
  actor: Actor,
  options: OverviewOptions,
  nowMs: number = Date.now(),
): Promise<CostOverview> {
  const currency = options.currency ?? "EUR";
  const { values } = scopeOf(actor, options.group, options.days, currency, nowMs);
  const [, from, to] = values;
  const sums = await query<Total>(totalsSql(options.group), values);
  const groups = sums.flatMap(({ key, name, amount, share }) =>
    key === null ? [] : [{ key, name: name ?? key, amount, share }],
  );
  const rounded = roundTogether(
    groups.map((one) => one.amount),
    2,
  );
  const totals = groups.map((one, index) => ({ ...one, amount: rounded[index] ?? one.amount }));
  const named = options.top === undefined ? null : totals.slice(0, options.top).map((one) => one.key);
  const rows = await query<{ day: string; key: string; amount: string }>(daysSql, [...values, named]);
  const days = new Map<string, Record<string, string>>();
  for (const { day, key, amount } of rows) {
    const amounts = days.get(day) ?? {};
    amounts[key] = amount;
    days.set(day, amounts);
  }
  if (named) addOthers(days, sums);
  return {
    currency,
    group: options.group,
    from,
    to,
    total: sums[0]?.total ?? "0.00",
    days:
      totals.length === 0 ? [] : daysBetween(from, to).map((day) => ({ day, amounts: days.get(day) ?? {} })),
    breakdown: totals,
  };
}

/** What a day cost beyond the groups that are named stands under `otherKey`. */
function addOthers(days: Map<string, Record<string, string>>, sums: readonly Total[]): void {
  for (const { day, amount } of sums) {
    if (day === null) continue;
    const amounts = days.get(day) ?? {};
    const named = Object.values(amounts).reduce((sum, one) => sum.plus(one), new Decimal(0));
    const others = new Decimal(amount).minus(named);
    days.set(day, others.gt(0) ? { ...amounts, [otherKey]: others.toFixed() } : amounts);
  }
}

/** The name of one of a group, when it has costs in the period that the actor may see; else null. */
export async function costGroupName(
  actor: Actor,
  options: { group: CostGroup; key: string; days: number },
  nowMs: number = Date.now(),
): Promise<string | null> {
  const { values } = scopeOf(actor, options.group, options.days, "EUR", nowMs);
  const [row] = await query<{ name: string | null }>(
    `SELECT ${groupNames[options.group]} AS name FROM (SELECT key FROM ${source} AND key = $6 LIMIT 1) d`,
    [...values, options.key],
  );
  return row ? (row.name ?? options.key) : null;
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += dayMs) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}
