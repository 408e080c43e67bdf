import type pg from "pg";
import { query, withSqlTransaction } from "@/lib/platform/db";
import { heldSql, priceJoin } from "./held";

const hourMs = 3_600_000;
/** One turn does at most so many hours; the next turn goes on. */
const maxHours = 24 * 14;
/** A transaction that held something in the hour may commit a little after its end. */
const settleMs = 60_000;
/** Only one process meters at a time. */
const lockKey = 7_266_041;

export interface MeteringResult {
  hours: number;
  /** Usage records written. */
  records: number;
}

/**
 * Records and charges every full hour that is not metered yet, oldest first, each in one transaction. Doing it twice or
 * at the same time in several processes writes nothing twice; what was missed while nothing ran is caught up.
 * Demo environments are left out: their history is written with them.
 * @param nowMs the moment to count as now; the system's clock if absent
 */
export async function meteringTick(nowMs: number = Date.now()): Promise<MeteringResult> {
  const result: MeteringResult = { hours: 0, records: 0 };
  while (result.hours < maxHours) {
    const done = await withSqlTransaction((client) => meterNextHour(client, nowMs));
    if (done === null) break;
    result.hours += 1;
    result.records += done;
  }
  return result;
}

/** The next hour to be metered begins here: all before it is charged. Null while nothing was ever held. */
export async function meteredUntil(client?: pg.ClientBase): Promise<Date | null> {
  const [row] = await query<{ next: Date | null }>(
    `SELECT coalesce(
       (SELECT max(hour) + interval '1 hour' FROM metered_hour),
       (SELECT date_trunc('hour', min(h.valid_from), 'UTC') FROM resource_history h
          JOIN environment e ON e.id = h.environment_id WHERE NOT e.is_demo)) AS next`,
    [],
    client ? { client } : {},
  );
  return row?.next ?? null;
}

/** Answers how many records the hour has, or null when there is none to be metered. */
async function meterNextHour(client: pg.PoolClient, nowMs: number): Promise<number | null> {
  await client.query("SELECT pg_advisory_xact_lock($1)", [lockKey]);
  const hour = await meteredUntil(client);
  if (hour === null || hour.getTime() + hourMs + settleMs > nowMs) return null;
  const [row] = await query<{ records: number }>(meterSql, [hour], { client });
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
