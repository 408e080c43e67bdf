import { Decimal } from "decimal.js";
import { heldSql, priceJoin } from "@/lib/features/metering";
import { query } from "@/lib/platform/db";
import { monthStartMs } from "./forecast";
import { type CostLine, type MeterName, meterUnits } from "./schema";

/** What an environment has cost until a moment. Amounts are decimal texts in its currency. */
export interface CostSoFar {
  currency: string;
  total: string;
  thisMonth: string;
  lines: CostLine[];
  /** Components of which some time could not be charged because no price was in force. */
  unpriced: string[];
  chargedUntil: string | null;
}

interface Row {
  environmentId: string;
  currency: string;
  chargedUntil: Date | null;
  component: string | null;
  /** Null where nothing was held yet; such rows have no amount either. */
  meter: MeterName | null;
  unit: string | null;
  quantity: string;
  amount: string | null;
  thisMonth: string | null;
}

/**
 * What is charged already (sums by day), and every hour that is not, the running one included, from what was held to
 * the millisecond at the price in force in that hour. Other currencies than the environment's count as unpriced.
 */
const sql = `
  WITH wanted AS (
    SELECT e.id AS environment_id, e.currency,
      CASE WHEN e.is_demo THEN (
        SELECT greatest((SELECT max(hour) + interval '1 hour' FROM charge WHERE environment_id = e.id),
          (SELECT max(day)::timestamp AT TIME ZONE 'UTC' FROM daily_cost WHERE environment_id = e.id)))
      ELSE (SELECT max(hour) + interval '1 hour' FROM metered_hour) END AS charged_until
      FROM environment e WHERE e.id = ANY($1)),
  scope AS (
    SELECT environment_id, coalesce(charged_until, '2000-01-01T00:00:00Z') AS from_at, $2::timestamptz AS until_at
      FROM wanted),
  held AS (${heldSql}),
  lines AS (
    SELECT environment_id, component, meter, currency, quantity, amount,
      CASE WHEN day >= ($3::timestamptz AT TIME ZONE 'UTC')::date THEN amount ELSE 0 END AS this_month
      FROM daily_cost WHERE environment_id = ANY($1)
    UNION ALL
    SELECT u.environment_id, u.component, u.meter, b.currency, u.quantity, u.quantity * p.unit_price,
      CASE WHEN u.hour >= $3 THEN u.quantity * p.unit_price ELSE 0 END
      FROM held u ${priceJoin("LEFT JOIN")} WHERE u.quantity > 0
    UNION ALL
    SELECT u.environment_id, u.component, u.meter, NULL, u.quantity, NULL, NULL
      FROM unpriced_usage x JOIN usage_record u ON u.id = x.usage_record_id LEFT JOIN charge c ON c.usage_record_id = u.id
     WHERE x.environment_id = ANY($1) AND c.id IS NULL)
  SELECT w.environment_id AS "environmentId", w.currency, w.charged_until AS "chargedUntil", l.component, l.meter,
    coalesce(sum(l.quantity), 0)::text AS quantity,
    CASE WHEN l.currency = w.currency THEN sum(l.amount)::text END AS amount,
    CASE WHEN l.currency = w.currency THEN sum(l.this_month)::text END AS "thisMonth"
  FROM wanted w LEFT JOIN lines l ON l.environment_id = w.environment_id
  GROUP BY w.environment_id, w.currency, w.charged_until, l.component, l.meter, l.currency
  ORDER BY l.component, l.meter`;

/** The cost so far of several environments at once, by id; unknown ids are left out. */
export async function costsSoFar(
  environmentIds: readonly string[],
  nowMs: number = Date.now(),
): Promise<Map<string, CostSoFar>> {
  const rows = await query<Row>(sql, [environmentIds, new Date(nowMs), new Date(monthStartMs(nowMs))], {
    name: "costs_so_far",
  });
  const byId = new Map<string, Row[]>();
  for (const row of rows) byId.set(row.environmentId, [...(byId.get(row.environmentId) ?? []), row]);
  return new Map([...byId].map(([id, own]) => [id, summed(own)]));
}

/** The cost so far of one environment; null when there is none with this id. */
export async function costSoFar(
  environmentId: string,
  nowMs: number = Date.now(),
): Promise<CostSoFar | null> {
  return (await costsSoFar([environmentId], nowMs)).get(environmentId) ?? null;
}

function summed(rows: readonly Row[]): CostSoFar {
  const priced = rows.filter((row) => row.amount !== null);
  const sum = (pick: (row: Row) => string | null) =>
    priced.reduce((total, row) => total.plus(pick(row) ?? 0), new Decimal(0)).toFixed(6);
  return {
    currency: rows[0]?.currency ?? "EUR",
    total: sum((row) => row.amount),
    thisMonth: sum((row) => row.thisMonth),
    lines: priced.flatMap(toLine),
    unpriced: [
      ...new Set(rows.flatMap((row) => (row.amount === null && row.component ? [row.component] : []))),
    ],
    chargedUntil: rows[0]?.chargedUntil?.toISOString() ?? null,
  };
}

function toLine(row: Row): CostLine[] {
  const { component, meter } = row;
  if (component === null || meter === null) return [];
  const quantity = new Decimal(row.quantity);
  const amount = new Decimal(row.amount ?? 0);
  const line: CostLine = {
    component,
    meter,
    unit: meterUnits[meter],
    quantity: quantity.toFixed(6),
    // Over the whole time: where the price changed it is the average.
    unitPrice: quantity.isZero() ? "0" : amount.div(quantity).toDecimalPlaces(6).toFixed(),
    amount: amount.toFixed(6),
    thisMonth: new Decimal(row.thisMonth ?? 0).toFixed(6),
  };
  return [line];
}
