import { Decimal } from "decimal.js";

/** FinOps convention: a month is 730 hours when a price per hour is shown per month. */
export const hoursPerMonth = 730;

/** Amounts are shown in cents: so many decimals. */
export const centDecimals = 2;

/** Digits enough for the sums of any number of amounts, whatever the caller's own precision is. */
const Exact = Decimal.clone({ precision: 60 });

/**
 * Rounds amounts so that they add up to their rounded sum (largest remainder method, by Hamilton): each is rounded down,
 * and what is missing goes to those that lost most. None is off by a whole unit of the last decimal or more.
 * @param total what they have to add up to, where they are parts of an amount that was rounded together with others
 * @returns decimal texts with exactly so many decimals, in the given order
 */
export function roundTogether(
  amounts: readonly Decimal.Value[],
  decimals: number,
  total?: Decimal.Value,
): string[] {
  const exact = amounts.map((amount) => new Exact(amount));
  const least = new Exact(10).pow(-decimals);
  const rounded = exact.map((amount) => amount.toDecimalPlaces(decimals, Decimal.ROUND_FLOOR));
  const sum = exact.reduce((total, amount) => total.plus(amount), new Exact(0));
  const floor = rounded.reduce((total, amount) => total.plus(amount), new Exact(0));
  const goal = new Exact(total ?? sum).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP);
  const missing = goal.minus(floor).div(least).toNumber();
  const lost = exact.map((amount, index) => ({ index, by: amount.minus(rounded[index] ?? 0) }));
  lost.sort((left, right) => right.by.comparedTo(left.by) || left.index - right.index);
  for (const { index } of lost.slice(0, missing)) rounded[index] = rounded[index]?.plus(least) ?? least;
  return rounded.map((amount) => amount.toFixed(decimals));
}
