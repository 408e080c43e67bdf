import { type Db, lockUntilCommit, query, type Tx } from "@/lib/platform/db";
import { heldSql, priceJoin } from "./held.sql";

/**
 * The ledger: an hour is metered, priced, charged and added to the costs of its day by one statement, so that it is there as
 * a whole or not at all, and never twice.
 */

/** Only one process meters at a time. */
const lockKey = 7_266_041;

/** One process meters at a time. */
export async function lockMetering(tx: Tx): Promise<void> {
  await lockUntilCommit(tx, lockKey);
}

/** The next hour to be metered; null while nothing was ever held. */
export async function findNextHour(db?: Db): Promise<Date | null> {
  const [row] = await query<{ next: Date | null }>(
    `SELECT coalesce(
       (SELECT max(hour) + interval '1 hour' FROM metered_hour),
       (SELECT date_trunc('hour', min(h.valid_from), 'UTC') FROM resource_history h
          JOIN environment e ON e.id = h.environment_id WHERE NOT e.is_demo)) AS next`,
    [],
    { name: "metering_next", db },
  );
  return row?.next ?? null;
}

/** Records and charges what was held in an hour, planned again for each hour. @returns how many records it has */
export async function meterHour(tx: Tx, hour: Date): Promise<number> {
  const [row] = await query<{ records: number }>(meterSql, [hour], { db: tx });
  return row?.records ?? 0;
}

const meterSql = `
  WITH scope AS (
    SELECT id AS environment_id, $1::timestamptz AS from_at, $1::timestamptz + interval '1 hour' AS until_at
      FROM environment WHERE NOT is_demo),
  held AS (${heldSql}),
  used AS (
    INSERT INTO usage_record (id, hour, environment_id, resource_id, component, meter, unit, quantity, project_id,
      cost_center_id, owner_id, template_version_id, cloud_id)
    SELECT 'use_' || replace(gen_random_uuid()::text, '-', ''), hour, environment_id, resource_id, component, meter, unit,
      quantity, project_id, cost_center_id, owner_id, template_version_id, cloud_id
      FROM held WHERE quantity > 0
    ON CONFLICT (resource_id, meter, hour) DO NOTHING RETURNING *),
  priced AS (
    SELECT u.*, p.id AS price_id, b.currency, round(u.quantity * p.unit_price, 10) AS amount
      FROM used u ${priceJoin()}),
  unpriced AS (
    INSERT INTO unpriced_usage (environment_id, usage_record_id)
    SELECT environment_id, id FROM used WHERE id NOT IN (SELECT id FROM priced) RETURNING 1),
  charged AS (
    INSERT INTO charge (id, usage_record_id, price_id, amount, currency, hour, environment_id, project_id,
      cost_center_id, component, meter)
    SELECT 'chg_' || replace(gen_random_uuid()::text, '-', ''), id, price_id, amount, currency, hour, environment_id,
      project_id, cost_center_id, component, meter FROM priced RETURNING 1),
  daily AS (
    INSERT INTO daily_cost AS d (day, environment_id, component, meter, currency, project_id, cost_center_id, owner_id,
      template_id, cloud_id, quantity, amount)
    SELECT (x.hour AT TIME ZONE 'UTC')::date, x.environment_id, x.component, x.meter, x.currency, x.project_id,
      x.cost_center_id, x.owner_id, v.template_id, x.cloud_id, sum(x.quantity), sum(x.amount)
      FROM priced x JOIN template_version v ON v.id = x.template_version_id GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    ON CONFLICT (day, environment_id, component, meter, currency, project_id, cost_center_id, owner_id, template_id,
      cloud_id)
      DO UPDATE SET quantity = d.quantity + excluded.quantity, amount = d.amount + excluded.amount RETURNING 1)
  INSERT INTO metered_hour (hour, records) SELECT $1, (SELECT count(*) FROM used) RETURNING records`;
