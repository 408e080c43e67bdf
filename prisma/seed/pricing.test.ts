import { describe, expect, it } from "vitest";
import { limitBetween, roundUp } from "./pricing";

describe("limitBetween", () => {
  it.each([
    ["8.10", "31.40", "20.00"],
    ["12.30", "14.20", "13.00"],
    ["12.30", "12.40", "12.35"],
    ["0.04", "0.30", "0.17"],
  ])("lies strictly between %s and %s: %s", (cheap, dear, limit) => {
    expect(limitBetween(cheap, dear)).toBe(limit);
    expect(Number(limit)).toBeGreaterThan(Number(cheap));
    expect(Number(limit)).toBeLessThan(Number(dear));
  });
});

it("roundUp goes to the next multiple", () => {
  expect([roundUp("101", 50), roundUp("100", 50), roundUp(0, 50)]).toEqual(["150.00", "100.00", "0.00"]);
});
