import { Decimal } from "decimal.js";
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

/** The whole organisation has sums of its own; else those of the projects are added up. */
function scopeOf(actor: Actor, group: CostGroup, days: number, currency: string, nowMs: number): Scope {
  const visible = visibleProjects(actor, "cost.read");
  const to = new Date(nowMs).toISOString().slice(0, 10);
  return { values: [group, firstDay(days, nowMs), to, currency, visible === "all" ? [""] : visible] };
}

const source = `cost_sum WHERE dimension = $1 AND day BETWEEN $2::date AND $3::date AND currency = $4
  AND project_id = ANY($5::text[])`;

/** Cost per day and group of the projects the actor may see, every day of the period. Days are UTC. */
export async function costOverview(
  actor: Actor,
  options: OverviewOptions,
  nowMs: number = Date.now(),
): Promise<CostOverview> {
  const currency = options.currency ?? "EUR";
  const { values } = scopeOf(actor, options.group, options.days, currency, nowMs);
  const [, from, to] = values;
  const totals = await query<{ key: string; name: string | null; amount: string }>(
    `SELECT key, ${groupNames[options.group]} AS name, amount::text AS amount FROM (
       SELECT key, sum(amount) AS amount FROM ${source} GROUP BY key) d ORDER BY d.amount DESC, key`,
    values,
  );
  const named = totals.slice(0, options.top ?? totals.length).map((one) => one.key);
  const rows = await query<{ day: string; key: string; amount: number }>(
    `SELECT to_char(day, 'YYYY-MM-DD') AS day, CASE WHEN key = ANY($6::text[]) THEN key ELSE $7 END AS key,
       sum(amount)::float8 AS amount FROM ${source} GROUP BY 1, 2 ORDER BY 1`,
    [...values, named, otherKey],
  );
  const days = new Map<string, Record<string, number>>();
  for (const { day, key, amount } of rows) {
    const amounts = days.get(day) ?? {};
    amounts[key] = amount;
    days.set(day, amounts);
  }
  const total = totals.reduce((sum, one) => sum.plus(one.amount), new Decimal(0));
  return {
    currency,
    group: options.group,
    from,
    to,
    total: total.toFixed(2),
    days:
      rows.length === 0 ? [] : daysBetween(from, to).map((day) => ({ day, amounts: days.get(day) ?? {} })),
    breakdown: totals.map(({ key, name, amount }) => ({
      key,
      name: name ?? key,
      amount: new Decimal(amount).toFixed(2),
      share: total.isZero() ? 0 : new Decimal(amount).div(total).toNumber(),
    })),
  };
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
