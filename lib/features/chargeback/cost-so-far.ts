import { Decimal } from "decimal.js";
import { type CostSoFarRow, listCostsSoFar } from "@/lib/features/metering";
import { monthStartMs } from "./forecast";
import { type CostLine, meterUnits } from "./schema";

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

/** The cost so far of several environments at once, by id; unknown ids are left out. */
export async function costsSoFar(
  environmentIds: readonly string[],
  nowMs: number = Date.now(),
): Promise<Map<string, CostSoFar>> {
  const rows = await listCostsSoFar(environmentIds, new Date(nowMs), new Date(monthStartMs(nowMs)));
  const byId = new Map<string, CostSoFarRow[]>();
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

function summed(rows: readonly CostSoFarRow[]): CostSoFar {
  const priced = rows.filter((row) => row.amount !== null);
  const sum = (pick: (row: CostSoFarRow) => string | null) =>
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

function toLine(row: CostSoFarRow): CostLine[] {
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
