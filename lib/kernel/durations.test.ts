import { describe, expect, it } from "vitest";
import { DurationError, isDuration, parseDurationMs } from "./durations";

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
});
