import { type RawBuilder, type SqlBool, sql } from "kysely";
import { environmentRows } from "@/lib/features/environments/joins";
import { dailyCostRows } from "@/lib/features/metering/joins";
import { anyOf, statements } from "@/lib/platform/db";
import { plannedRowsOf } from "./planned-rows";
import type { CostGroup, CostItem, MeterName } from "./schema";
import type { CostPeriod } from "./store-costs";
import { groupColumns } from "./store-groups";

/** Which costs; what is left out or empty restricts nothing. */
export interface CostItemConditions extends CostPeriod {
  group?: CostGroup | undefined;
  /** Of the group; both or none. */
  key?: string | undefined;
  environment?: string | undefined;
  component?: string | undefined;
  meter?: string | undefined;
  /** Part of an environment's name. */
  q?: string | undefined;
}

/** How items are cut and ordered: `day` makes an item of every day, the latest first. */
export type CostItemSort = "amount" | "environment" | "day";

export interface CostItemPage {
  sort: CostItemSort;
  /** After the item with these. */
  after: { key: string; rest: string } | undefined;
  limit: number;
}

/** An item, what all items together cost, and what a cursor says of it. Amounts are exact decimal texts. */
export type SortedCostItem = CostItem & { total: string; sortKey: string; rest: string };

/** Per sort: the expression, its type (the cursor carries it as text) and the direction. */
const sorts = {
  amount: { order: sql<string>`i.amount`, type: sql`numeric`, down: true },
  environment: {
    order: sql<string>`coalesce(i.environment_name, i.environment_id)`,
    type: sql`text`,
    down: false,
  },
  day: { order: sql<string>`i.day`, type: sql`text`, down: true },
} satisfies Record<CostItemSort, { order: RawBuilder<string>; type: RawBuilder<unknown>; down: boolean }>;

/** What tells items apart when the first key is the same for several of them. */
const rest = sql<string>`concat_ws('/', i.environment_id, i.component, i.meter)`;

/** A page of what costs are made of, per environment, component and meter. */
export async function listCostItems(
  conditions: CostItemConditions,
  { sort, after, limit }: CostItemPage,
): Promise<SortedCostItem[]> {
  const { order, type, down } = sorts[sort];
  const way = down ? "desc" : "asc";
  const than = down ? sql`<` : sql`>`;
  let listed = statements
    .with("items", () => itemsOf(conditions, sort === "day"))
    .selectFrom("items as i")
    .select(["i.environment_id as environmentId", "i.environment_name as environmentName", "i.component"])
    .select((eb) => [
      eb.ref("i.meter").$castTo<MeterName>().as("meter"),
      "i.day",
      sql<string>`i.quantity::text`.as("quantity"),
      sql<string>`i.amount::text`.as("amount"),
      sql<string>`(${eb.selectFrom("items").select((all) => all.fn.sum("amount").as("sum"))})::text`.as(
        "total",
      ),
      sql<string>`(${order})::text`.as("sortKey"),
      rest.as("rest"),
    ])
    .orderBy(order, way)
    .orderBy(rest, way)
    .limit(limit);
  if (after)
    listed = listed.where(sql<SqlBool>`(${order}, ${rest}) ${than} (${after.key}::${type}, ${after.rest})`);
  return await plannedRowsOf(listed);
}

/** The items themselves. */
function itemsOf(conditions: CostItemConditions, perDay: boolean) {
  const { from, to, currency, projects, group, key, environment, component, meter, q } = conditions;
  let items = statements
    .selectFrom(dailyCostRows.as("d"))
    .leftJoin(environmentRows.as("e"), "e.id", "d.environment_id")
    .select(["d.environment_id", "e.name as environment_name", "d.component", "d.meter"])
    .select((eb) => [
      (perDay ? sql<string | null>`to_char(d.day, 'YYYY-MM-DD')` : sql<string | null>`NULL`).as("day"),
      eb.fn.sum<string>("d.quantity").as("quantity"),
      eb.fn.sum<string>("d.amount").as("amount"),
    ])
    .where((eb) => eb.between("d.day", sql<Date>`${from}::date`, sql<Date>`${to}::date`))
    .where("d.currency", "=", currency)
    .groupBy(["d.environment_id", "e.name", "d.component", "d.meter"]);
  if (perDay) items = items.groupBy("d.day");
  if (projects !== "all") items = items.where("d.project_id", "=", anyOf(projects));
  if (group && key) items = items.where(`d.${groupColumns[group]}`, "=", key);
  if (environment) items = items.where("d.environment_id", "=", environment);
  if (component) items = items.where("d.component", "=", component);
  if (meter) items = items.where("d.meter", "=", meter);
  if (q) items = items.where(sql<SqlBool>`strpos(lower(e.name), lower(${q})) > 0`);
  return items;
}
