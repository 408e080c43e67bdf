import { Decimal } from "decimal.js";
import { z } from "zod";
import { notFound } from "@/lib/kernel/errors";
import { Recent } from "@/lib/kernel/recent";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { decodeCursor, toPage } from "@/lib/platform/http/page";
import { monthEndMs } from "./forecast";
import { groupColumns } from "./groups";
import { firstDay } from "./overview";
import type { CostGroup, CostItem, CostItems, UsageRow } from "./schema";

const pageRows = 100;

export interface CostItemFilter {
  /** Only what belongs to this one of the group. */
  group?: CostGroup | undefined;
  key?: string | undefined;
  environment?: string | undefined;
  component?: string | undefined;
  meter?: string | undefined;
  /** Part of an environment's name. */
  q?: string | undefined;
  days: number;
  /** A calendar month ("2026-10") instead of the last days. */
  month?: string | undefined;
  currency?: string | undefined;
  /** The dearest first, or by name. */
  sort?: "amount" | "environment" | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

const cursorSchema = z.object({ key: z.string(), rest: z.string() });

/**
 * What an amount is made of: per environment, component and meter, the dearest first, or per day as soon as the filter
 * names all three of them. Paged; the total is that of all pages.
 */
export async function costItems(
  actor: Actor,
  filter: CostItemFilter,
  nowMs: number = Date.now(),
): Promise<CostItems> {
  const perDay = Boolean(filter.environment && filter.component && filter.meter);
  const { from, to } = filter.month
    ? monthDays(filter.month)
    : { from: firstDay(filter.days, nowMs), to: new Date(nowMs).toISOString().slice(0, 10) };
  const limit = filter.limit ?? pageRows;
  const { where, values } = conditions(actor, filter, { from, to });
  const add = (value: unknown) => `$${values.push(value)}`;
  // What tells rows apart when the first key is the same for several of them.
  const rest = "concat_ws('/', i.\"environmentId\", i.component, i.meter)";
  const order = perDay
    ? { by: "i.day", type: "text", way: "DESC" }
    : filter.sort === "environment"
      ? { by: 'coalesce(i."environmentName", i."environmentId")', type: "text", way: "ASC" }
      : { by: "i.amount", type: "numeric", way: "DESC" };
  const after = decodeCursor(filter.cursor, cursorSchema);
  const beyond = after
    ? `(${order.by}, ${rest}) ${order.way === "DESC" ? "<" : ">"} (${add(after.key)}::${order.type}, ${add(after.rest)})`
    : "true";
  const sql = `WITH items AS (
       SELECT d.environment_id AS "environmentId", e.name AS "environmentName", d.component, d.meter,
         ${perDay ? "to_char(d.day, 'YYYY-MM-DD')" : "NULL"} AS day, sum(d.quantity) AS quantity, sum(d.amount) AS amount
         FROM daily_cost d LEFT JOIN environment e ON e.id = d.environment_id WHERE ${where.join(" AND ")}
        GROUP BY d.environment_id, e.name, d.component, d.meter${perDay ? ", d.day" : ""})
     SELECT i."environmentId", i."environmentName", i.component, i.meter, i.day, i.quantity::text AS quantity,
       i.amount::text AS amount, (SELECT sum(amount) FROM items)::text AS total, (${order.by})::text AS "sortKey",
       ${rest} AS rest
       FROM items i WHERE ${beyond} ORDER BY ${order.by} ${order.way}, ${rest} ${order.way} LIMIT ${add(limit + 1)}`;
  const read = () => query<Row>(sql, values);
  // Of one environment it is little to add up; of many it is done once, until what they cost changes.
  const version = filter.environment ? null : await versionOf(actor, values);
  const rows =
    version === null ? await read() : await known.get(JSON.stringify([version, sql, values]), read);
  const page = toPage(
    rows,
    limit,
    (row) => ({ key: row.sortKey, rest: row.rest }),
    ({ total: _total, sortKey: _sortKey, rest: _rest, ...item }): CostItem => item,
  );
  const total = new Decimal(rows[0]?.total ?? 0).toFixed();
  return { currency: filter.currency ?? "EUR", from, to, total, ...page };
}

type Row = CostItem & { total: string; sortKey: string; rest: string };

const known = new Recent<Row[]>(600_000, 50);

/** Another text whenever what the period (the first three values) cost in the actor's projects has changed. */
async function versionOf(actor: Actor, values: readonly unknown[]): Promise<string> {
  const visible = visibleProjects(actor, "cost.read");
  const [row] = await query<{ version: string }>(
    `SELECT concat(sum(amount), ' ', sum(entries)) AS version FROM cost_sum
     WHERE dimension = 'component' AND day BETWEEN $1::date AND $2::date AND currency = $3
       AND project_id = ANY($4::text[])`,
    [...values.slice(0, 3), visible === "all" ? [""] : visible],
  );
  return row?.version ?? "";
}

/** First and last day of a month, UTC. */
function monthDays(month: string): { from: string; to: string } {
  const startMs = Date.parse(`${month}-01T00:00:00Z`);
  return { from: `${month}-01`, to: new Date(monthEndMs(startMs) - 1).toISOString().slice(0, 10) };
}

function conditions(actor: Actor, filter: CostItemFilter, days: { from: string; to: string }) {
  const values: unknown[] = [days.from, days.to, filter.currency ?? "EUR"];
  const where = ["d.day BETWEEN $1::date AND $2::date", "d.currency = $3"];
  const add = (condition: (parameter: string) => string, value: unknown) =>
    where.push(condition(`$${values.push(value)}`));
  const visible = visibleProjects(actor, "cost.read");
  if (visible !== "all") add((p) => `d.project_id = ANY(${p})`, visible);
  if (filter.group && filter.key) {
    const column = groupColumns[filter.group];
    add((p) => `d.${column} = ${p}`, filter.key);
  }
  if (filter.environment) add((p) => `d.environment_id = ${p}`, filter.environment);
  if (filter.component) add((p) => `d.component = ${p}`, filter.component);
  if (filter.meter) add((p) => `d.meter = ${p}`, filter.meter);
  if (filter.q) add((p) => `strpos(lower(e.name), lower(${p})) > 0`, filter.q);
  return { where, values };
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
       c.currency, coalesce(o.name, 'System') AS owner, cc.code AS "costCenter"
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
