import type { ClientBase } from "pg";
import { withSqlTransaction } from "@/lib/platform/db";
import { heldSql, priceJoin } from "./sql";

const hourMs = 3_600_000;
const lockKey = 7_266_022;
const setting = "metering.until";
const maxHoursPerTurn = 24 * 40;

/**
 * Meters every full hour that is not metered yet and charges it, one transaction per hour. What was missed while
 * nothing ran is caught up from the history of what was held. Repeating an hour changes nothing.
 * @returns how many hours were metered
 */
export async function meteringTick(nowMs = Date.now()): Promise<number> {
  for (let hours = 0; hours < maxHoursPerTurn; hours += 1) {
    if (!(await withSqlTransaction((client) => meterNextHour(client, nowMs)))) return hours;
  }
  return maxHoursPerTurn;
}

/** Until when usage is charged already; null before the first hour. */
export async function meteredUntil(client: Pick<ClientBase, "query">): Promise<Date | null> {
  const found = await client.query<{ at: string }>("SELECT value->>'at' AS at FROM setting WHERE key = $1", [
    setting,
  ]);
  return found.rows[0] ? new Date(found.rows[0].at) : null;
}

async function meterNextHour(client: ClientBase, nowMs: number): Promise<boolean> {
  // One process meters at a time; another one's turn finds the hour done.
  await client.query("SELECT pg_advisory_xact_lock($1)", [lockKey]);
  const until = (await meteredUntil(client)) ?? (await firstHour(client));
  if (!until || until.getTime() + hourMs > nowMs) return false;
  const next = new Date(until.getTime() + hourMs);
  await meterHour(client, until, next);
  await client.query(
    `INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, now())
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()`,
    [setting, JSON.stringify({ at: next.toISOString() })],
  );
  return true;
}

async function firstHour(client: ClientBase): Promise<Date | null> {
  const found = await client.query<{ at: Date | null }>(
    `SELECT date_trunc('hour', min(h.valid_from), 'UTC') AS at FROM resource_history h
     JOIN environment e ON e.id = h.environment_id WHERE NOT e.is_demo`,
  );
  return found.rows[0]?.at ?? null;
}

async function meterHour(client: ClientBase, from: Date, to: Date): Promise<void> {
  // The owner of the hour is whoever held it last in it.
  await client.query(
    `WITH held AS (${heldSql})
     INSERT INTO usage_record (id, hour, environment_id, resource_id, component, meter, unit, quantity, project_id,
       cost_center_id, owner_id, template_version_id, cloud_id)
     SELECT 'use_' || substr(md5(resource_id || meter || $1::timestamptz::text), 1, 20), $1, environment_id, resource_id,
       component, meter, unit, sum(quantity), (array_agg(project_id ORDER BY valid_from DESC))[1],
       (array_agg(cost_center_id ORDER BY valid_from DESC))[1], (array_agg(owner_id ORDER BY valid_from DESC))[1],
       (array_agg(template_version_id ORDER BY valid_from DESC))[1], (array_agg(cloud_id ORDER BY valid_from DESC))[1]
     FROM held WHERE environment_id NOT IN (SELECT id FROM environment WHERE is_demo)
     GROUP BY environment_id, resource_id, component, meter, unit
     ON CONFLICT (resource_id, meter, hour) DO NOTHING`,
    [from, to],
  );
  await client.query(
    `INSERT INTO charge (id, usage_record_id, price_id, amount, currency, hour, environment_id, project_id,
       cost_center_id, component, meter)
     SELECT 'chg_' || substr(u.id, 5), u.id, price.id, u.quantity * price.unit_price, price.currency, u.hour,
       u.environment_id, u.project_id, u.cost_center_id, u.component, u.meter
     FROM usage_record u ${priceJoin("u.cloud_id", "u.meter", "u.hour")}
     WHERE u.hour = $1 ON CONFLICT (usage_record_id, kind) DO NOTHING`,
    [from],
  );
  await sumDay(client, from);
}

/** The day's sums are made anew from the charges, so that they always agree with them. */
async function sumDay(client: ClientBase, hour: Date): Promise<void> {
  await client.query(
    `INSERT INTO daily_cost (day, environment_id, component, meter, currency, project_id, cost_center_id, owner_id,
       template_id, cloud_id, quantity, amount)
     SELECT ($1::timestamptz AT TIME ZONE 'UTC')::date, u.environment_id, u.component, u.meter, c.currency, u.project_id,
       min(u.cost_center_id), u.owner_id, min(v.template_id), u.cloud_id, sum(u.quantity), sum(c.amount)
     FROM charge c JOIN usage_record u ON u.id = c.usage_record_id
     JOIN template_version v ON v.id = u.template_version_id
     WHERE c.hour >= date_trunc('day', $1::timestamptz, 'UTC') AND c.hour < date_trunc('day', $1::timestamptz, 'UTC') + interval '1 day'
     GROUP BY u.environment_id, u.component, u.meter, c.currency, u.project_id, u.owner_id, u.cloud_id
     ON CONFLICT (day, environment_id, component, meter, currency, project_id, owner_id, cloud_id)
     DO UPDATE SET quantity = excluded.quantity, amount = excluded.amount`,
    [hour],
  );
}
