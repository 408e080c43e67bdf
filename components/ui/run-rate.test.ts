import { expect, it } from "vitest";
import { rateWords } from "./run-rate";

it("says a month's cost for a day and an hour, small ones with two digits that mean something", () => {
  expect(rateWords("73", "EUR")).toBe("€2.40/day · €0.10/h");
  expect(rateWords("0.73", "EUR")).toBe("€0.02/day · €0.001/h");
  expect(rateWords("0", "EUR")).toBe("€0.00/day · €0.00/h");
});
