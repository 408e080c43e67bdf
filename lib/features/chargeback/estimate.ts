import { Decimal } from "decimal.js";
import { hoursPerMonth } from "@/lib/kernel/money";

/** What is priced: a component's size in a cloud. */
export interface EstimateItem {
  component: string;
  cloudId: string;
  cpu: number;
  memoryBytes: number;
  storageBytes: number;
  replicas: number;
}

/** Prices in force of one cloud: meter → price of one unit. */
export interface PriceSheet {
  currency: string;
  prices: ReadonlyMap<string, { id: string; unitPrice: Decimal; unit: string }>;
}

export interface EstimateLine {
  component: string;
  meter: string;
  /** Per hour, in the meter's unit. */
  quantity: string;
  unit: string;
  unitPrice: string;
  monthly: string;
}

export interface Estimate {
  /** Decimal text; null when something has no price. */
  monthly: string | null;
  currency: string;
  lines: EstimateLine[];
  /** Components something of which has no price. */
  unpriced: string[];
}

/** The meters of held capacity, with units as FOCUS writes them. */
export const meters = {
  cpu: { name: "cpu", unit: "Core-Hours" },
  memory: { name: "memory", unit: "GiB-Hours" },
  storage: { name: "storage", unit: "GiB-Hours" },
} as const;

const gib = 1024 ** 3;

/** Quantity of each meter one component holds in an hour. Zero quantities are left out. */
export function hourlyQuantities(
  item: Omit<EstimateItem, "component" | "cloudId">,
): { meter: string; unit: string; quantity: Decimal }[] {
  const all = [
    { meter: meters.cpu.name, unit: meters.cpu.unit, quantity: new Decimal(item.cpu).times(item.replicas) },
    {
      meter: meters.memory.name,
      unit: meters.memory.unit,
      quantity: new Decimal(item.memoryBytes).div(gib).times(item.replicas),
    },
    {
      meter: meters.storage.name,
      unit: meters.storage.unit,
      quantity: new Decimal(item.storageBytes).div(gib),
    },
  ];
  return all.filter((one) => one.quantity.gt(0));
}

/**
 * Cost per month (730 hours) of components that are held all the time.
 * @param sheetOf prices in force for a cloud; null when it has no price book
 */
export function estimateMonthly(
  items: readonly EstimateItem[],
  sheetOf: (cloudId: string) => PriceSheet | null,
  currency: string,
): Estimate {
  const lines: EstimateLine[] = [];
  const unpriced = new Set<string>();
  let total = new Decimal(0);
  for (const item of items) {
    const sheet = sheetOf(item.cloudId);
    for (const { meter, unit, quantity } of hourlyQuantities(item)) {
      const price = sheet?.currency === currency ? sheet.prices.get(meter) : undefined;
      if (!price) {
        unpriced.add(item.component);
        continue;
      }
      const monthly = quantity.times(price.unitPrice).times(hoursPerMonth);
      total = total.plus(monthly);
      lines.push({
        component: item.component,
        meter,
        quantity: quantity.toFixed(),
        unit,
        unitPrice: price.unitPrice.toFixed(),
        monthly: monthly.toFixed(4),
      });
    }
  }
  return {
    monthly: unpriced.size > 0 ? null : total.toFixed(4),
    currency,
    lines,
    unpriced: [...unpriced],
  };
}
