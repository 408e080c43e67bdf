import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DiffLine, lineDiff } from "./line-diff";

const marks: Record<DiffLine["kind"], string> = { same: " ", added: "+", removed: "-", skipped: "…" };
const shown = (before: string, after: string) =>
  lineDiff(before, after).map(({ kind, line, text }) => `${marks[kind]}${line} ${text}`);
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `l${from + index}`);

describe("lineDiff", () => {
  it.each([
    ["nothing", "", "", []],
    ["equal texts", "a\nb\n", "a\nb\n", []],
    ["a final newline, which is no line", "a\nb", "a\nb\n", []],
    ["a text that is new", "", "a\nb\n", ["+1 a", "+2 b"]],
    ["a text that is gone", "a\n", "", ["-1 a"]],
    [
      "a line that is changed, old before new",
      "a\nb\nc\n",
      "a\nx\ny\nc\n",
      [" 1 a", "-2 b", "+2 x", "+3 y", " 4 c"],
    ],
    ["a line that moved", "a\nb\n", "b\na\n", ["-1 a", " 1 b", "+2 a"]],
    ["an empty line", "a\n\nb", "a\nb", [" 1 a", "-2 ", " 2 b"]],
    ["a carriage return", "a\r\n", "a\n", ["-1 a\r", "+1 a"]],
  ])("%s", (_name, before, after, expected) => {
    expect(shown(before, after)).toEqual(expected);
  });

  it("shows three lines around a change and counts the others", () => {
    const before = numbered(1, 20);
    const after = before.with(9, "new");
    expect(shown(before.join("\n"), after.join("\n"))).toEqual([
      "…7 6",
      ...[" 7 l7", " 8 l8", " 9 l9", "-10 l10", "+10 new", " 11 l11", " 12 l12", " 13 l13"],
      "…21 7",
    ]);
  });

  it("turns the old text into the new one", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 })
      .map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDiff(before, after);
        if (lines.some(({ kind }) => kind === "skipped") || lines.length === 0) return;
        const side = (kind: DiffLine["kind"]) =>
          lines.filter((line) => line.kind === "same" || line.kind === kind).map((line) => line.text);
        expect(side("removed").join("\n")).toBe(before.replace(/\n$/, ""));
        expect(side("added").join("\n")).toBe(after.replace(/\n$/, ""));
      }),
    );
  });

  it("is fast where everything changed, and then shows all old lines before all new ones", () => {
    const [old, now] = ["old", "new"].map((word) =>
      Array.from({ length: 50_000 }, (_, at) => `${word} ${at}`),
    );
    const startMs = performance.now();
    const lines = lineDiff(old?.join("\n") ?? "", now?.join("\n") ?? "");
    expect(performance.now() - startMs).toBeLessThan(2_000);
    expect(lines).toHaveLength(100_000);
    expect([lines[49_999]?.kind, lines[50_000]?.kind]).toEqual(["removed", "added"]);
  });

  it("takes no more steps than its budget has", () => {
    const budget = { steps: 50 };
    const [old, now] = [numbered(1, 30), numbered(101, 130)];
    expect(lineDiff(old.join("\n"), now.join("\n"), budget)).toHaveLength(60);
    expect(budget.steps).toBe(0);
    // Two changed lines, but no step left to find them.
    const kinds = lineDiff("a\nb\nc", "a\nx\nc", budget).map(({ kind }) => kind);
    expect(kinds).toEqual(["removed", "removed", "removed", "added", "added", "added"]);
  });
});
