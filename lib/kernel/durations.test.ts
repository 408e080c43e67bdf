import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DurationError, formatDuration, humanizeDuration, isDuration, parseDurationMs } from "./durations";

describe("durations", () => {
  it.each<[string, number]>([
    ["10s", 10_000],
    ["3h30m", 12_600_000],
    ["14d", 1_209_600_000],
    ["250ms", 250],
    ["1.5h", 5_400_000],
    ["2w", 1_209_600_000],
    ["0s", 0],
  ])("%s", (text, expectedMs) => expect(parseDurationMs(text)).toBe(expectedMs));

  it.each(["", "10", "s", "1y", "-1s", "1h 30m", "1e3s", "9999999d", "1s".repeat(40)])(
    "refuses %j",
    (text) => {
      expect(isDuration(text)).toBe(false);
      expect(() => parseDurationMs(text)).toThrow(DurationError);
    },
  );

  it("formats to what it parses from", () => {
    fc.assert(
      fc.property(fc.nat(3_000_000_000), (ms) => {
        expect(parseDurationMs(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  it.each<[number, string]>([
    [400, "less than a second"],
    [1_000, "1 second"],
    [12_600_000, "3 hours 30 minutes"],
    [59_900, "1 minute"],
    [86_400_000 * 14, "14 days"],
    [86_399_999, "1 day"],
    [3_600_000 + 59_999, "1 hour 1 minute"],
  ])("%i is %s", (ms, expected) => expect(humanizeDuration(ms)).toBe(expected));
});
