import { Decimal } from "decimal.js";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import type { CostGroup, CostOverview } from "./schema";

/** Per group: the column of daily_cost and how its name is found. Constants of this file, never input. */
const groups: Record<CostGroup, { column: string; name: string }> = {
  project: { column: "project_id", name: "(SELECT name FROM project WHERE id = key)" },
  template: { column: "template_id", name: "(SELECT title FROM template WHERE id = key)" },
  cloud: { column: "cloud_id", name: "(SELECT title FROM cloud WHERE id = key)" },
  owner: { column: "owner_id", name: "(SELECT name FROM app_user WHERE id = key)" },
  "cost-center": { column: "cost_center_id", name: "(SELECT name FROM cost_center WHERE id = key)" },
};

/** Cost per day and group of the projects the actor may see. Days are UTC. */
export async function costOverview(
  actor: Actor,
  options: { group: CostGroup; days: number; currency?: string },
): Promise<CostOverview> {
  const currency = options.currency ?? "EUR";
  const visible = visibleProjects(actor, "cost.read");
  const { column, name } = groups[options.group];
  const rows = await query<{ day: string; key: string; name: string | null; amount: string }>(
    `SELECT day, key, ${name} AS name, amount FROM (
       SELECT to_char(day, 'YYYY-MM-DD') AS day, ${column} AS key, sum(amount)::text AS amount FROM daily_cost
       WHERE day > (now() AT TIME ZONE 'UTC')::date - $1::int AND currency = $2
         AND ($3::text[] IS NULL OR project_id = ANY($3)) GROUP BY 1, 2) d ORDER BY day`,
    [options.days, currency, visible === "all" ? null : [...visible]],
  );
  const totals = new Map<string, { name: string; amount: Decimal }>();
  const days = new Map<string, Record<string, number>>();
  for (const row of rows) {
    const label = row.name ?? row.key;
    const before = totals.get(row.key);
    totals.set(row.key, { name: label, amount: (before?.amount ?? new Decimal(0)).plus(row.amount) });
    days.set(row.day, { ...days.get(row.day), [label]: Number(row.amount) });
  }
  const total = [...totals.values()].reduce((sum, one) => sum.plus(one.amount), new Decimal(0));
  const nowMs = Date.now();
  return {
    currency,
    group: options.group,
    from: new Date(nowMs - (options.days - 1) * 86_400_000).toISOString().slice(0, 10),
    to: new Date(nowMs).toISOString().slice(0, 10),
    total: total.toFixed(2),
    days: [...days].map(([day, amounts]) => ({ day, amounts })),
    breakdown: [...totals]
      .map(([key, one]) => ({
        key,
        name: one.name,
        amount: one.amount.toFixed(2),
        share: total.isZero() ? 0 : one.amount.div(total).toNumber(),
      }))
      .sort((left, right) => Number(right.amount) - Number(left.amount)),
  };
}
