import type { MeterName } from "@/lib/features/chargeback/schema";
import { query } from "@/lib/platform/db";
import { heldSql, priceJoin } from "./held.sql";

/** What one component of an environment cost by one meter in one currency. */
export interface CostSoFarRow {
  environmentId: string;
  currency: string;
  chargedUntil: Date | null;
  component: string | null;
  /** Null where nothing was held yet; such rows have no amount either. */
  meter: MeterName | null;
  quantity: string;
  amount: string | null;
  thisMonth: string | null;
}

/**
 * What is charged already (sums by day), and every hour that is not, the running one included, from what was held to
 * the millisecond at the price in force in that hour. Other currencies than the environment's count as unpriced.
 * Raw SQL, since it is built on the ledger's (`heldSql`, `priceJoin`): what is shown is what will be charged.
 */
const costSoFarSql = `
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

/**
 * What environments have cost, by component and meter; unknown ids are left out. Amounts are exact decimal texts, null
 * where no price was in force.
 * @param at the moment until which it is counted
 * @param monthStart what was charged from here on is `thisMonth`
 */
export async function listCostsSoFar(
  environmentIds: readonly string[],
  at: Date,
  monthStart: Date,
): Promise<CostSoFarRow[]> {
  return await query<CostSoFarRow>(costSoFarSql, [environmentIds, at, monthStart], { name: "costs_so_far" });
}
