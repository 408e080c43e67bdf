import { Decimal } from "decimal.js";
import { z } from "zod";
import { findProjectOf } from "@/lib/features/environments";
import { notFound } from "@/lib/kernel/errors";
import { Recent } from "@/lib/kernel/recent";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { decodeCursor, sortKeys, toPage } from "@/lib/platform/http/page";
import { monthEndMs } from "./forecast";
import { firstDay } from "./overview";
import type { CostGroup, CostItem, CostItems, UsageRow } from "./schema";
import { type CostItemPage, listCostItems, type SortedCostItem } from "./store-cost-items";
import { findCostVersion } from "./store-costs";
import { listUsageOfDay } from "./store-usage";

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

/** What a cursor says of the last item, by the sort of the page it ends. */
const cursorSchemas = {
  amount: z.object({ key: sortKeys.numeric, rest: z.string() }),
  environment: z.object({ key: sortKeys.text, rest: z.string() }),
  day: z.object({ key: sortKeys.text, rest: z.string() }),
};

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
  const currency = filter.currency ?? "EUR";
  const { group, key, environment, component, meter, q } = filter;
  const period = { from, to, currency, projects: visibleProjects(actor, "cost.read") };
  const conditions = { ...period, group, key, environment, component, meter, q };
  const sort = perDay ? "day" : (filter.sort ?? "amount");
  const after = decodeCursor(filter.cursor, cursorSchemas[sort]);
  const wanted: CostItemPage = { sort, after, limit: limit + 1 };
  const read = () => listCostItems(conditions, wanted);
  // Of one environment it is little to add up; of many it is done once, until what they cost changes.
  const version = environment ? null : await findCostVersion(period);
  const rows =
    version === null ? await read() : await known.get(JSON.stringify([version, conditions, wanted]), read);
  const page = toPage(
    rows,
    limit,
    (row) => ({ key: row.sortKey, rest: row.rest }),
    ({ total: _total, sortKey: _sortKey, rest: _rest, ...item }): CostItem => item,
  );
  const total = new Decimal(rows[0]?.total ?? 0).toFixed();
  return { currency, from, to, total, ...page };
}

const known = new Recent<SortedCostItem[]>(600_000, 50);

/** First and last day of a month, UTC. */
function monthDays(month: string): { from: string; to: string } {
  const startMs = Date.parse(`${month}-01T00:00:00Z`);
  return { from: `${month}-01`, to: new Date(monthEndMs(startMs) - 1).toISOString().slice(0, 10) };
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
  const projects = visibleProjects(actor, "cost.read");
  const projectId = await findProjectOf(filter.environment);
  if (projectId === null || !(projects === "all" || projects.includes(projectId)))
    throw notFound("The environment");
  return await listUsageOfDay({ ...filter, projects });
}
