import { Decimal } from "decimal.js";
import { getEnvironmentRow } from "@/lib/features/environments";
import { heldSql, meteredUntil, priceJoin } from "@/lib/features/metering";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query, withConnection } from "@/lib/platform/db";
import type { EnvironmentCost } from "./schema";

interface Row {
  component: string;
  meter: string;
  unit: string;
  quantity: string;
  unitPrice: string;
  amount: string;
  thisMonth: string;
}

/**
 * What an environment has cost until this moment: hours that are charged, and what was held since, at the prices in
 * force.
 * @throws AppError not_found
 */
export async function environmentCost(
  actor: Actor,
  environmentId: string,
  now = new Date(),
): Promise<EnvironmentCost> {
  const environment = await getEnvironmentRow(environmentId);
  requirePermission(actor, "cost.read", {
    projectId: environment.projectId,
    what: "The environment",
    objectType: "environment",
    objectId: environmentId,
  });
  const until = environment.isDemo ? now : await withConnection((client) => meteredUntil(client));
  const monthStart = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  const [charged, running] = await Promise.all([
    chargedLines(environmentId, monthStart),
    environment.isDemo ? [] : runningLines(environmentId, until ?? new Date(0), now, monthStart),
  ]);
  const lines = merge([...charged, ...running]);
  const sum = (pick: (row: Row) => string) =>
    [...charged, ...running].reduce((total, row) => total.plus(pick(row)), new Decimal(0));
  const thisMonth = sum((row) => row.thisMonth);
  return {
    currency: environment.currency,
    total: sum((row) => row.amount).toFixed(6),
    thisMonth: thisMonth.toFixed(6),
    forecastMonth: forecast(environment.status === "running" ? environment.monthlyCost : "0", thisMonth, now),
    monthly: environment.monthlyCost,
    lines,
    chargedUntil: until?.toISOString() ?? null,
  };
}

function chargedLines(environmentId: string, monthStart: Date): Promise<Row[]> {
  return query<Row>(
    `SELECT c.component, c.meter, u.unit, sum(u.quantity)::text AS quantity, max(p.unit_price)::text AS "unitPrice",
       sum(c.amount)::text AS amount, coalesce(sum(c.amount) FILTER (WHERE c.hour >= $2), 0)::text AS "thisMonth"
     FROM charge c JOIN usage_record u ON u.id = c.usage_record_id JOIN price p ON p.id = c.price_id
     WHERE c.environment_id = $1 GROUP BY c.component, c.meter, u.unit`,
    [environmentId, monthStart],
  );
}

function runningLines(environmentId: string, from: Date, now: Date, monthStart: Date): Promise<Row[]> {
  return query<Row>(
    `WITH held AS (${heldSql} AND h.environment_id = $3)
     SELECT held.component, held.meter, held.unit, sum(held.quantity)::text AS quantity,
       max(price.unit_price)::text AS "unitPrice", sum(held.quantity * price.unit_price)::text AS amount,
       coalesce(sum(held.quantity * price.unit_price) FILTER (WHERE $2::timestamptz > $4::timestamptz), 0)::text AS "thisMonth"
     FROM held ${priceJoin("held.cloud_id", "held.meter", "$2::timestamptz")}
     GROUP BY held.component, held.meter, held.unit`,
    [from, now, environmentId, monthStart],
  );
}

function merge(rows: readonly Row[]): EnvironmentCost["lines"] {
  const merged = new Map<string, EnvironmentCost["lines"][number]>();
  for (const { component, meter, unit, quantity, unitPrice, amount } of rows) {
    const key = `${component}/${meter}`;
    const before = merged.get(key);
    merged.set(key, {
      component,
      meter,
      unit,
      unitPrice,
      quantity: new Decimal(before?.quantity ?? 0).plus(quantity).toFixed(6),
      amount: new Decimal(before?.amount ?? 0).plus(amount).toFixed(6),
    });
  }
  return [...merged.values()];
}

/** What is spent plus the monthly rate for the rest of the month. */
function forecast(monthly: string | null, thisMonth: Decimal, now: Date): string | null {
  if (monthly === null) return null;
  const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  const hoursLeft = (end - now.getTime()) / 3_600_000;
  return thisMonth.plus(new Decimal(monthly).div(730).times(hoursLeft)).toFixed(2);
}
