import { Decimal } from "decimal.js";
import { roundTogether } from "@/lib/kernel/money";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import type { CostGroup, CostOverview } from "./schema";
import { type CostPeriod, type CostTotal, findCostGroup, listCostTotals, listDayCosts } from "./store-costs";

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
const otherKey = "";

/** So many days until now of the projects that the actor may see. */
function periodOf(actor: Actor, days: number, currency: string, nowMs: number): CostPeriod {
  const to = new Date(nowMs).toISOString().slice(0, 10);
  return { from: firstDay(days, nowMs), to, currency, projects: visibleProjects(actor, "cost.read") };
}

/** Cost per day and group of the projects the actor may see, every day of the period. Days are UTC. */
export async function costOverview(
  actor: Actor,
  options: OverviewOptions,
  nowMs: number = Date.now(),
): Promise<CostOverview> {
  const currency = options.currency ?? "EUR";
  const period = periodOf(actor, options.days, currency, nowMs);
  const { from, to } = period;
  const sums = await listCostTotals(options.group, period);
  const groups = sums.flatMap(({ key, name, amount, share }) =>
    key === null ? [] : [{ key, name: name ?? key, amount, share }],
  );
  const rounded = roundTogether(
    groups.map((one) => one.amount),
    2,
  );
  const totals = groups.map((one, index) => ({ ...one, amount: rounded[index] ?? one.amount }));
  const named = options.top === undefined ? null : totals.slice(0, options.top).map((one) => one.key);
  const rows = await listDayCosts(options.group, period, named);
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
function addOthers(days: Map<string, Record<string, string>>, sums: readonly CostTotal[]): void {
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
  const { group, key, days } = options;
  const row = await findCostGroup(group, key, periodOf(actor, days, "EUR", nowMs));
  return row ? (row.name ?? key) : null;
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += dayMs) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}
