import { describe, expect, it } from "vitest";
import {
  formatByteRate,
  formatBytes,
  formatCompact,
  formatCount,
  formatCpu,
  formatDuration,
  formatExact,
  formatFigure,
  formatMoney,
  formatNumber,
  formatPercent,
  formatRelative,
  formatShare,
  initials,
} from "./format";

/** Plain spaces are easier to read in expectations than the unbreakable ones on screen. */
const plain = (text: string) => text.replaceAll("\u00a0", " ");
const now = new Date("2026-11-23T14:20:00Z");
const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;
const days = 24 * hours;

describe("money", () => {
  it.each([
    ["31.4", "EUR", {}, "€31.40"],
    ["1234567.891", "EUR", {}, "€1,234,567.89"],
    ["66", "EUR", { period: "month" }, "€66.00/mo"],
    ["0.00042", "USD", { period: "hour" }, "$0.00042/h"],
    ["-12.5", "EUR", {}, "−€12.50"],
    ["12.5", "EUR", { signed: true }, "+€12.50"],
    ["1204.4", "EUR", { rounded: true }, "€1,204"],
    ["0", "EUR", {}, "€0.00"],
    ["5", "CHF", {}, "CHF 5.00"],
    ["0.00042", "EUR", {}, "<€0.01"],
    ["0.0000000001", "EUR", {}, "<€0.01"],
    ["0.0049", "EUR", {}, "<€0.01"],
    ["0.005", "EUR", {}, "€0.01"],
    ["0.00042", "EUR", { period: "day" }, "<€0.01/day"],
    ["0.00042", "CHF", { period: "month" }, "<CHF 0.01/mo"],
    ["-0.00042", "EUR", {}, "−<€0.01"],
    ["0.00042", "EUR", { signed: true }, "+<€0.01"],
    ["0.00042", "EUR", { fine: true }, "€0.00042"],
    ["0.0071", "EUR", { fine: true }, "€0.0071"],
    ["-0.00042", "EUR", { fine: true }, "−€0.00042"],
    ["31.4", "EUR", { fine: true }, "€31.40"],
    ["0", "EUR", { fine: true }, "€0.00"],
    ["0", "EUR", { signed: true }, "€0.00"],
    ["-0.00", "EUR", {}, "€0.00"],
  ] as const)("writes %s %s as %s → %s", (amount, currency, options, expected) => {
    expect(plain(formatMoney(amount, currency, options))).toBe(expected);
  });

  it("keeps every digit of an amount no float could hold", () => {
    expect(plain(formatMoney("12345678901234567.89", "EUR"))).toBe("€12,345,678,901,234,567.89");
  });

  it("says unknown rather than zero", () => {
    for (const amount of [null, undefined, "", "n/a", Number.NaN]) {
      expect(formatMoney(amount, "EUR", { period: "month" })).toBe("unknown");
    }
  });
});

describe("quantities", () => {
  it.each([
    [0, "0 B"],
    [1023, "1,023 B"],
    [1024, "1 KiB"],
    [512 * 1024 ** 2, "512 MiB"],
    [1024 ** 2 - 1, "1 MiB"],
    [1.1 * 1024 ** 3, "1.1 GiB"],
    [-2048, "−2 KiB"],
  ])("writes %d bytes as %s", (bytes, expected) => {
    expect(plain(formatBytes(bytes))).toBe(expected);
  });

  it("writes cores, ratios, rates and counts", () => {
    expect(plain(formatCpu(0.38))).toBe("0.38 core");
    expect(plain(formatCpu(2))).toBe("2 cores");
    expect(plain(formatCpu(0.0006))).toBe("0.001 core");
    expect(plain(formatCpu(0.0004))).toBe("<0.001 core");
    expect(plain(formatCpu(0))).toBe("0 cores");
    expect(plain(formatPercent(0.416))).toBe("42%");
    expect(plain(formatShare(0.004))).toBe("<1%");
    expect(plain(formatShare(0))).toBe("0%");
    expect(plain(formatByteRate(2048))).toBe("2 KiB/s");
    expect(plain(formatCount(1, "replica"))).toBe("1 replica");
    expect(plain(formatCount(1200, "policy", "policies"))).toBe("1,200 policies");
    expect(formatNumber(1234.567)).toBe("1,234.57");
    expect(formatCompact(1234)).toBe("1.2k");
  });

  it("says unknown for what is not known, whatever the format", () => {
    for (const format of ["number", "percent", "bytes", "byteRate", "cpu", "durationMs", "money"] as const) {
      expect(formatFigure(null, format)).toBe("unknown");
      expect(formatFigure(Number.NaN, format)).toBe("unknown");
      expect(formatFigure(1, format)).not.toBe("unknown");
    }
  });
});

describe("durations", () => {
  it.each([
    [4, "4 ms"],
    [1500, "1.5 s"],
    [48 * seconds, "48 s"],
    [3 * minutes + 20 * seconds, "3 min 20 s"],
    [60 * minutes, "1 h"],
    [2 * hours + 5 * minutes, "2 h 5 min"],
    [11 * days, "11 days"],
  ])("writes %d ms as %s", (ms, expected) => {
    expect(plain(formatDuration(ms))).toBe(expected);
  });
});

describe("relative times", () => {
  const at = (deltaMs: number) => plain(formatRelative(now.getTime() + deltaMs, now));

  it.each([
    [0, "just now"],
    [-8 * seconds, "8 s ago"],
    [-59 * minutes, "59 min ago"],
    [3 * hours, "in 3 h"],
    [-23 * hours, "23 h ago"],
    [-1 * days, "1 day ago"],
    [1 * days, "in 1 day"],
    [7 * days, "in 7 days"],
    [-8 * days, "15 Nov 2026"],
  ])("writes %d ms from now as %s", (delta, expected) => {
    expect(at(delta)).toBe(expected);
  });

  it("writes the date when it is more than a week away", () => {
    expect(at(-60 * days)).toMatch(/^2[34] Sept? 2026$/);
    expect(at(-400 * days)).toMatch(/Oct 2025$/);
  });

  it("says unknown without a valid instant", () => {
    expect(formatRelative(null, now)).toBe("unknown");
    expect(formatRelative("not a date", now)).toBe("unknown");
  });

  it("writes the exact time in the asked zone", () => {
    expect(formatExact(now, "Europe/Berlin")).toMatch(/Mon, 23 Nov 2026.*15:20:00/);
  });
});

describe("initials", () => {
  it.each([
    ["Ada Lovelace", "AL"],
    ["grace.hopper@example.org", "GH"],
    ["ops", "O"],
    ["  ", "?"],
  ])("of %s are %s", (name, expected) => {
    expect(initials(name)).toBe(expected);
  });
});
