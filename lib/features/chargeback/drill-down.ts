import { Decimal } from "decimal.js";
import { notFound } from "@/lib/kernel/errors";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { groupColumns } from "./groups";
import { firstDay } from "./overview";
import type { CostGroup, CostItem, CostItems, UsageRow } from "./schema";

const most = 1_000;

export interface CostItemFilter {
  /** Only what belongs to this one of the group. */
  group?: CostGroup | undefined;
  key?: string | undefined;
  environment?: string | undefined;
  component?: string | undefined;
  meter?: string | undefined;
  days: number;
  currency?: string | undefined;
}

/**
 * What an amount is made of: per environment, component and meter, the dearest first, or per day as soon as the filter
 * names all three of them. The total is exact even if more than 1,000 lines are left out.
 */
export async function costItems(
  actor: Actor,
  filter: CostItemFilter,
  nowMs: number = Date.now(),
): Promise<CostItems> {
  const perDay = Boolean(filter.environment && filter.component && filter.meter);
  const values: unknown[] = [
    firstDay(filter.days, nowMs),
    new Date(nowMs).toISOString().slice(0, 10),
    filter.currency ?? "EUR",
  ];
  const where = ["day BETWEEN $1::date AND $2::date", "currency = $3"];
  const add = (column: string, value: unknown, any = false) => {
    values.push(value);
    where.push(any ? `${column} = ANY($${values.length})` : `${column} = $${values.length}`);
  };
  const visible = visibleProjects(actor, "cost.read");
  if (visible !== "all") add("project_id", visible, true);
  if (filter.group && filter.key) add(groupColumns[filter.group].column, filter.key);
  if (filter.environment) add("environment_id", filter.environment);
  if (filter.component) add("component", filter.component);
  if (filter.meter) add("meter", filter.meter);
  const rows = await query<CostItem & { total: string }>(
    `SELECT x.*, e.name AS "environmentName" FROM (
       SELECT environment_id AS "environmentId", component, meter,
         ${perDay ? "to_char(day, 'YYYY-MM-DD')" : "NULL"} AS day, sum(quantity)::text AS quantity, sum(amount)::text AS amount,
         sum(sum(amount)) OVER ()::text AS total
         FROM daily_cost WHERE ${where.join(" AND ")}
        GROUP BY environment_id, component, meter${perDay ? ", day" : ""}
        ORDER BY ${perDay ? "day DESC" : "sum(amount) DESC, environment_id, component, meter"} LIMIT ${most + 1}) x
     LEFT JOIN environment e ON e.id = x."environmentId"
     ORDER BY ${perDay ? "x.day DESC" : "x.amount::numeric DESC, 1, 2, 3"}`,
    values,
  );
  return {
    currency: filter.currency ?? "EUR",
    from: String(values[0]),
    to: String(values[1]),
    total: new Decimal(rows[0]?.total ?? 0).toFixed(),
    more: rows.length > most,
    items: rows.slice(0, most).map(({ total: _total, ...item }) => item),
  };
}

/**
 * The usage behind one day's amount, hour by hour: quantity times the price in force then. Hours without a price have
 * none. Demo data has hours of its last days only.
 * @throws AppError not_found for an environment whose costs the actor may not see
 */
export async function usageOfDay(
  actor: Actor,
  filter: { environment: string; component: string; meter: string; day: string },
): Promise<UsageRow[]> {
  const visible = visibleProjects(actor, "cost.read");
  const [known] = await query(
    "SELECT 1 FROM environment WHERE id = $1 AND ($2::text[] IS NULL OR project_id = ANY($2))",
    [filter.environment, visible === "all" ? null : visible],
  );
  if (!known) throw notFound("The environment");
  return await query<UsageRow>(
    `SELECT u.id, to_char(u.hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS hour, u.quantity::text AS quantity,
       u.unit, trim_scale(p.unit_price)::text AS "unitPrice", p.id AS "priceId", b.name AS "priceBook",
       to_char(p.valid_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "priceFrom", c.amount::text AS amount,
       c.currency, coalesce(o.name, 'Rostrum') AS owner, cc.code AS "costCenter"
     FROM usage_record u LEFT JOIN charge c ON c.usage_record_id = u.id LEFT JOIN price p ON p.id = c.price_id
     LEFT JOIN price_book b ON b.id = p.price_book_id LEFT JOIN app_user o ON o.id = u.owner_id
     LEFT JOIN cost_center cc ON cc.id = u.cost_center_id
     WHERE u.environment_id = $1 AND u.component = $2 AND u.meter = $3
       AND u.hour >= $4::date::timestamp AT TIME ZONE 'UTC'
       AND u.hour < ($4::date + 1)::timestamp AT TIME ZONE 'UTC'
       AND ($5::text[] IS NULL OR u.project_id = ANY($5))
     ORDER BY u.hour DESC, u.id`,
    [filter.environment, filter.component, filter.meter, filter.day, visible === "all" ? null : visible],
  );
}
