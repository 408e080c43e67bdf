import { Decimal } from "decimal.js";
import type { EnvironmentCost } from "@/lib/features/chargeback/schema";
import { centDecimals, roundTogether } from "@/lib/kernel/money";

/** Sums of the lines per component, the most expensive first, rounded so that they add up to their rounded sum; what rounds to zero stays exact. */
export function perComponent(
  lines: EnvironmentCost["lines"],
  which: "amount" | "thisMonth",
): { component: string; amount: string }[] {
  const sums = new Map<string, Decimal>();
  for (const line of lines) {
    sums.set(line.component, (sums.get(line.component) ?? new Decimal(0)).plus(line[which]));
  }
  const sorted = [...sums].sort(([, left], [, right]) => right.comparedTo(left));
  const amounts = roundTogether(
    sorted.map(([, amount]) => amount),
    centDecimals,
  );
  return sorted.map(([component, exact], index) => {
    return { component, amount: shownOr(amounts[index], exact.toFixed()) };
  });
}

/** A rounded amount, or the exact one where it rounds to nothing: that is written as "less than a cent", not as free. */
export function shownOr(rounded: string | undefined, exact: string): string {
  return rounded === undefined || Number(rounded) === 0 ? exact : rounded;
}
