import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesQuantity, cpuQuantity, parseBytes, parseCpu, QuantityError } from "./quantities";

describe("quantities", () => {
  it.each<[number | string, number]>([
    ["512Mi", 536_870_912],
    ["1G", 1_000_000_000],
    ["1.5Gi", 1_610_612_736],
    ["512 MiB", 536_870_912],
    ["4096", 4_096],
    [4_096, 4_096],
    [0.5, 1],
    ["10k", 10_000],
  ])("%s bytes", (given, expected) => expect(parseBytes(given)).toBe(expected));

  it.each(["", "512m", "1Zi", "-1Gi", "Gi", "1e3", -1, Number.NaN, Number.POSITIVE_INFINITY, "99999999Pi"])(
    "refuses %s bytes",
    (given) => expect(() => parseBytes(given)).toThrow(QuantityError),
  );

  it("says how to write what other tools write in lower case", () => {
    expect(() => parseBytes("512m")).toThrow('write "512Mi"');
  });

  it.each<[number | string, number]>([
    ["500m", 0.5],
    [0.5, 0.5],
    ["2", 2],
    ["0.25", 0.25],
  ])("%s cores", (given, expected) => expect(parseCpu(given)).toBe(expected));

  it.each(["", "half", "1 core", -1, Number.NaN, 1e9, "1M"])("refuses %s cores", (given) => {
    expect(() => parseCpu(given)).toThrow(QuantityError);
  });

  it("write what they read", () => {
    fc.assert(
      fc.property(fc.nat(), (bytes) => {
        expect(parseBytes(bytesQuantity(bytes))).toBe(bytes);
      }),
    );
    fc.assert(
      fc.property(fc.nat(100_000), (milli) => {
        expect(parseCpu(cpuQuantity(milli / 1000))).toBeCloseTo(milli / 1000, 9);
      }),
    );
  });
});
