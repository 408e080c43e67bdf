import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { gapOf, officialCases } from "../support/cel-conformance";

/**
 * Cases of the CEL specification that Rostrum's expressions don't pass, each with what happens: `refused` is an error
 * for the author of a template, `wrong` another value. Lines only go: remove those of cases that pass now and lower
 * the number.
 */
const most = 1_250;
const listed = readFileSync(new URL("cel-gaps.txt", import.meta.url), "utf8")
  .split("\n")
  .filter(Boolean);

describe("the official cases of the CEL specification", () => {
  const cases = officialCases();
  const gaps = [...cases].flatMap(([name, one]) => {
    const gap = gapOf(one);
    return gap ? [{ line: `${gap.kind} ${name}`, expr: one.expr, what: gap.what }] : [];
  });

  it("are all there", () => {
    expect(cases.size).toBe(2_344);
  });

  it("pass, apart from those that are listed", () => {
    expect(gaps.filter(({ line }) => !listed.includes(line))).toEqual([]);
  });

  it("are listed only while they don't pass", () => {
    const lines = new Set(gaps.map(({ line }) => line));
    expect(listed.filter((line) => !lines.has(line))).toEqual([]);
  });

  it("are listed less and less", () => {
    expect(listed).toHaveLength(most);
  });
});
