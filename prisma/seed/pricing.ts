import { Decimal } from "decimal.js";
import { type EstimateItem, estimateMonthly, type PriceSheet } from "@/lib/features/chargeback";
import { hoursPerMonth } from "@/lib/kernel/money";
import type { Blueprint } from "./blueprint";

/** What is priced of a blueprint. */
export function estimateItems(blueprint: Blueprint, cloudId: string): EstimateItem[] {
  return blueprint.components.map(({ name, resolved: { view } }) => ({
    component: name,
    cloudId,
    ...view.size,
    replicas: view.replicas,
  }));
}

/** The cost of a plan as requests keep it. */
export function planCost(blueprint: Blueprint, cloudId: string, sheet: PriceSheet | null) {
  const currency = sheet?.currency ?? "EUR";
  const estimate = estimateMonthly(estimateItems(blueprint, cloudId), () => sheet, currency);
  const hours = blueprint.leaseDays * 24;
  const untilLeaseEnd =
    estimate.monthly === null
      ? null
      : new Decimal(estimate.monthly).times(hours).div(hoursPerMonth).toFixed(2);
  return {
    monthly: estimate.monthly,
    monthlyBefore: "0",
    untilLeaseEnd,
    currency,
    lines: estimate.lines,
    unpriced: estimate.unpriced,
  };
}

/**
 * A round amount that lets the cheap plan through and makes the dear one wait: the middle of the two, on a
 * multiple of 5 or 1 where one lies between.
 */
export function limitBetween(cheap: Decimal.Value, dear: Decimal.Value): string {
  const middle = new Decimal(cheap).plus(dear).div(2);
  for (const step of [5, 1]) {
    const rounded = middle.div(step).round().times(step);
    if (rounded.gt(cheap) && rounded.lt(dear)) return rounded.toFixed(2);
  }
  return middle.toFixed(2);
}

/** The next multiple of `step` above an amount. */
export function roundUp(amount: Decimal.Value, step: number): string {
  return new Decimal(amount).div(step).ceil().times(step).toFixed(2);
}
