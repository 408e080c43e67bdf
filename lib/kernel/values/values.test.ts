import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { lineText } from "../text";
import { textUpTo } from "../text-schema";
import {
  inexactJsonNumber,
  isMultipleOf,
  lengthOf,
  numberLoss,
  readNumber,
  takeValue,
  type ValueRules,
} from ".";

const breaches = (rules: ValueRules, value: unknown, required = false) => {
  const taken = takeValue(rules, value, { required });
  return taken.ok ? [] : taken.problems.map(({ breach }) => breach.rule);
};

describe("numbers", () => {
  it.each([
    ["0755", "leading zeros"],
    ["-01", "leading zeros"],
    ["9007199254740993", "too large"],
    ["123456789012345678901", "too large"],
    ["1e400", "too large"],
    ["0.1000000000000000055", "too many digits"],
    ["1e-400", "too many digits"],
    ["9007199254740991", undefined],
    ["-9007199254740991", undefined],
    ["0.1", undefined],
    ["1.50", undefined],
    ["1e3", undefined],
    ["0", undefined],
  ])("%s loses %s", (text, expected) => expect(numberLoss(text)).toBe(expected));

  it.each([
    "16,000",
    "1.000",
    "1.000.000",
    "１６",
    "٣",
    "0755",
    "1e3",
    "+5",
    "5 000",
    "1.",
    "-",
    "0x10",
    "9007199254740993",
    "5 GiB",
    "NaN",
    "Infinity",
    "--1",
  ])("%j is no number that someone typed", (text) => expect(readNumber(text)).toBeUndefined());
  it.each([
    ["16000", 16_000],
    [" 7 ", 7],
    ["-3", -3],
    ["1.5", 1.5],
    ["1.50", 1.5],
    ["0.125", 0.125],
    ["0", 0],
  ])("%j is a number that someone typed", (text, value) => expect(readNumber(text)).toBe(value));

  it("are multiples as decimals", () => {
    expect([0.3, 0.7, 1.1, 1_000_000.1, -0.3].every((value) => isMultipleOf(value, 0.1))).toBe(true);
    expect([0.35, 0.15, 1e-7].some((value) => isMultipleOf(value, 0.1))).toBe(false);
    const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });
    fc.assert(fc.property(cents, (value) => isMultipleOf(Number(`${value}e-2`), 0.01)));
  });

  it("of a JSON text are found while their digits are there, and never in a text", () => {
    expect(inexactJsonNumber('{"a": {"b": [1, 9007199254740993]}}')).toEqual({
      path: "a.b.1",
      text: "9007199254740993",
    });
    expect(inexactJsonNumber('{"a": 1e400}')?.path).toBe("a");
    expect(inexactJsonNumber("123456789012345678901")).toEqual({ path: "", text: "123456789012345678901" });
    expect(
      inexactJsonNumber('{"9007199254740993": "9007199254740993 \\" 1e999", "b": -0.5}'),
    ).toBeUndefined();
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/\d{16}|e[+-]?\d/i.test(text));
        expect(inexactJsonNumber(text)).toBeUndefined();
      }),
    );
  });
});

describe("one value", () => {
  it("counts code points", () => {
    expect(lengthOf("👍🏽é")).toBe(3);
    expect(breaches({ type: "string", maxLength: 2 }, "👍👍")).toEqual([]);
    expect(breaches({ type: "string", minLength: 2 }, "👍")).toEqual(["minLength"]);
  });

  it("is the default only when it is absent", () => {
    const rules: ValueRules = { type: "string", default: "a" };
    expect(takeValue(rules, undefined, { required: false })).toEqual({ ok: true, value: "a" });
    expect(takeValue(rules, null, { required: false })).toEqual({ ok: true, value: null });
    expect(breaches(rules, null, true)).toEqual(["required"]);
  });

  it("that is required is not blank, unless blank is allowed by name", () => {
    for (const blank of ["", "  ", "\n"])
      expect(breaches({ type: "string" }, blank, true)).toEqual(["required"]);
    expect(breaches({ type: "string" }, "")).toEqual([]);
    expect(breaches({ type: "string", minLength: 0 }, "", true)).toEqual([]);
    expect(breaches({ type: "string", enum: ["", "a"] }, "", true)).toEqual([]);
    const group: ValueRules = { type: "object", required: ["a"], properties: { a: { type: "string" } } };
    expect(breaches(group, { a: " " })).toEqual(["required"]);
  });

  it("may have the names of every object's members, and finds nothing by them", () => {
    const group: ValueRules = { type: "object", properties: { a: { type: "string" } } };
    for (const name of ["constructor", "toString", "hasOwnProperty"])
      expect(breaches(group, { [name]: "x" })).toEqual(["unknown"]);
    expect(breaches({ ...group, required: ["constructor"] }, {})).toEqual([]);
  });

  it("is nothing that a number cannot hold exactly", () => {
    expect(breaches({ type: "integer" }, 2 ** 53)).toEqual(["inexact"]);
    expect(breaches({ type: "number" }, 1e300)).toEqual(["inexact"]);
    expect(breaches({ type: "integer" }, 2 ** 53 - 1)).toEqual([]);
  });

  it("keeps every keyword", () => {
    expect(breaches({ type: "integer", minimum: 3, multipleOf: 2 }, 1)).toEqual(["minimum", "multipleOf"]);
    expect(breaches({ type: "number", exclusiveMinimum: 1, exclusiveMaximum: 2 }, 1)).toEqual([
      "exclusiveMinimum",
    ]);
    expect(breaches({ type: "number", exclusiveMaximum: 2 }, 2)).toEqual(["exclusiveMaximum"]);
    expect(breaches({ type: "string", format: "email", pattern: "^x" }, "y")).toEqual(["pattern", "format"]);
    expect(breaches({ type: "string", const: "a" }, "b")).toEqual(["const"]);
    expect(breaches({ type: "array", items: { type: "integer" }, uniqueItems: true }, [1, 1, "x"])).toEqual([
      "uniqueItems",
      "type",
    ]);
    expect(breaches({ type: "array", minItems: 1, items: { type: "string" } }, [])).toEqual(["minItems"]);
    expect(breaches({ type: "string", "ui:widget": "git" }, "https://a:b@example.org")).toEqual(["userinfo"]);
    expect(breaches({ type: "boolean" }, "true")).toEqual(["type"]);
  });
});

describe("texts with a limit", () => {
  it("count code points, as their JSON Schema says", () => {
    for (const schema of [textUpTo(3), lineText(3)]) {
      expect(schema.safeParse("👍👍👍").success).toBe(true);
      expect(schema.safeParse("👍👍👍👍").success).toBe(false);
      expect(z.toJSONSchema(schema)).toMatchObject({ type: "string", maxLength: 3 });
    }
  });
});
