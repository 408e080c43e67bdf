import { Decimal } from "decimal.js";
import type { EnvironmentCost } from "@/lib/features/chargeback/schema";
import { roundTogether } from "@/lib/kernel/money";

/** Sums of the lines per component, the most expensive first, rounded so that they add up to their rounded sum; what rounds to zero stays exact. */
export function perComponent(
  lines: EnvironmentCost["lines"],
  which: "amount" | "thisMonth",
  decimals: number,
): { component: string; amount: string }[] {
  const sums = new Map<string, Decimal>();
  for (const line of lines) {
    sums.set(line.component, (sums.get(line.component) ?? new Decimal(0)).plus(line[which]));
  }
  const sorted = [...sums].sort(([, left], [, right]) => right.comparedTo(left));
  const amounts = roundTogether(
    sorted.map(([, amount]) => amount),
    decimals,
  );
  return sorted.map(([component, exact], index) => {
    const amount = amounts[index] ?? "0";
    // What rounds to nothing is shown as "less than", not as free.
    return { component, amount: Number(amount) === 0 ? exact.toFixed() : amount };
  });
}
