import { Decimal as Plain } from "decimal.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { roundTogether } from "./money";

const Decimal = Plain.clone({ precision: 60 });

const sumOf = (amounts: readonly string[]) =>
  amounts.reduce((total, amount) => total.plus(amount), new Decimal(0));

it("rounds three thirds of one to amounts that are one together", () => {
  expect(roundTogether(["0.3333333", "0.3333333", "0.3333334"], 2)).toEqual(["0.33", "0.33", "0.34"]);
  expect(roundTogether(["0.005", "0.005"], 2)).toEqual(["0.01", "0.00"]);
  expect(roundTogether(["-0.006", "1.006"], 2)).toEqual(["-0.01", "1.01"]);
  expect(roundTogether([], 2)).toEqual([]);
});

it("adds up to the rounded sum, and moves no amount by a whole cent", () => {
  const amount = fc
    .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: 0, max: 10 }))
    .map(([digits, places]) => new Decimal(digits.toString()).div(new Decimal(10).pow(places)).toFixed());
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 60 }), fc.integer({ min: 0, max: 6 }), (amounts, decimals) => {
      const rounded = roundTogether(amounts, decimals);
      const exact = sumOf(amounts).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP);
      expect(sumOf(rounded).toFixed(decimals)).toBe(exact.toFixed(decimals));
      for (const [index, one] of rounded.entries()) {
        const off = new Decimal(one).minus(amounts[index] ?? 0).abs();
        expect(off.lt(new Decimal(10).pow(-decimals))).toBe(true);
      }
    }),
  );
});
