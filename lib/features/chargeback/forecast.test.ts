import { expect, test } from "vitest";
import { forecastCost, monthEndMs, monthStartMs } from "./forecast";

const now = Date.parse("2026-02-28T00:00:00Z");
const base = { total: "10", thisMonth: "4", hourlyRate: "0.5", nowMs: now };

test("the rest of the month is added at the present rate", () => {
  const { monthEnd, leaseEnd } = forecastCost({ ...base, leaseEndsAtMs: null });
  expect(monthEnd?.toFixed(2)).toBe("16.00");
  expect(leaseEnd).toBeNull();
});

test("a lease that ends within the month ends the month's cost too", () => {
  const result = forecastCost({ ...base, leaseEndsAtMs: now + 6 * 3_600_000 });
  expect(result.monthEnd?.toFixed(2)).toBe("7.00");
  expect(result.leaseEnd?.toFixed(2)).toBe("13.00");
});

test("a lease beyond the month counts to its own end, one that is over adds nothing", () => {
  const later = forecastCost({ ...base, leaseEndsAtMs: now + 48 * 3_600_000 });
  expect([later.monthEnd?.toFixed(2), later.leaseEnd?.toFixed(2)]).toEqual(["16.00", "34.00"]);
  const over = forecastCost({ ...base, leaseEndsAtMs: now - 3_600_000 });
  expect([over.monthEnd?.toFixed(2), over.leaseEnd?.toFixed(2)]).toEqual(["4.00", "10.00"]);
});

test("without a price nothing is foretold", () => {
  expect(forecastCost({ ...base, hourlyRate: null, leaseEndsAtMs: now })).toEqual({
    monthEnd: null,
    leaseEnd: null,
  });
});

test("months are calendar months in UTC", () => {
  expect(new Date(monthStartMs(now)).toISOString()).toBe("2026-02-01T00:00:00.000Z");
  expect(new Date(monthEndMs(Date.parse("2026-12-31T23:59:59Z"))).toISOString()).toBe(
    "2027-01-01T00:00:00.000Z",
  );
});
