import { Decimal } from "decimal.js";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { groupColumns } from "./groups";
import type { CostGroup, CostOverview } from "./schema";

const dayMs = 86_400_000;

/** The first day (UTC) of a period of so many days that ends today. */
export function firstDay(days: number, nowMs: number): string {
  return new Date(nowMs - (days - 1) * dayMs).toISOString().slice(0, 10);
}

/** Cost per day and group of the projects the actor may see, every day of the period. Days are UTC. */
export async function costOverview(
  actor: Actor,
  options: { group: CostGroup; days: number; currency?: string },
  nowMs: number = Date.now(),
): Promise<CostOverview> {
  const currency = options.currency ?? "EUR";
  const visible = visibleProjects(actor, "cost.read");
  const { column, name } = groupColumns[options.group];
  const from = firstDay(options.days, nowMs);
  const to = new Date(nowMs).toISOString().slice(0, 10);
  const rows = await query<{ day: string; key: string; name: string | null; amount: string }>(
    `SELECT day, key, ${name} AS name, amount FROM (
       SELECT to_char(day, 'YYYY-MM-DD') AS day, ${column} AS key, sum(amount)::text AS amount FROM daily_cost
       WHERE day BETWEEN $1::date AND $2::date AND currency = $3
         AND ($4::text[] IS NULL OR project_id = ANY($4)) GROUP BY 1, 2) d ORDER BY day`,
    [from, to, currency, visible === "all" ? null : visible],
  );
  const totals = new Map<string, { name: string; amount: Decimal }>();
  const days = new Map<string, Record<string, number>>();
  for (const row of rows) {
    const before = totals.get(row.key)?.amount ?? new Decimal(0);
    totals.set(row.key, { name: row.name ?? row.key, amount: before.plus(row.amount) });
    days.set(row.day, { ...days.get(row.day), [row.key]: Number(row.amount) });
  }
  const total = [...totals.values()].reduce((sum, one) => sum.plus(one.amount), new Decimal(0));
  return {
    currency,
    group: options.group,
    from,
    to,
    total: total.toFixed(2),
    days:
      rows.length === 0 ? [] : daysBetween(from, to).map((day) => ({ day, amounts: days.get(day) ?? {} })),
    breakdown: [...totals]
      .sort(([, left], [, right]) => right.amount.comparedTo(left.amount))
      .map(([key, one]) => ({
        key,
        name: one.name,
        amount: one.amount.toFixed(2),
        share: total.isZero() ? 0 : one.amount.div(total).toNumber(),
      })),
  };
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += dayMs) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}
