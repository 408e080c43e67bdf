import { describe, expect, it } from "vitest";
import { compilePattern } from "@/lib/kernel/patterns";

describe("patterns", () => {
  it.each([
    ["^#[0-9a-fA-F]{6}$", "#2340e0", "#2340e0x"],
    ["^(https://[^\\s]+|ssh://[^\\s]+|git@[^\\s]+)?$", "git@example.com:a/b", "http://a"],
    ["^\\p{L}+$", "Grüße", "a1"],
    ["^[\\w-]{1,3}$", "a-b", "a-bc"],
    ["^\\d+\\/x$", "12/x", "/x"],
    ["^[\\u0041-\\u005a]$", "Q", "q"],
    ["b", "abc", "ac"],
  ])("%s", (source, yes, no) => {
    expect(compilePattern(source).test(yes)).toBe(true);
    expect(compilePattern(source).test(no)).toBe(false);
  });

  it.each([
    ["(", "isn’t a valid regular expression"],
    ["a{2,1}", "isn’t a valid regular expression"],
    ["(?!a)", "look-around"],
    ["(a)\\1", "back-references"],
    [`(${"[a-z]?".repeat(150)}){1000}`, "repeats too much"],
    ["((a{100}){10}){10}", "repeats too much"],
  ])("%s is refused", (source, message) => {
    expect(() => compilePattern(source)).toThrow(message);
  });

  it("takes time that grows with the text and not with its square or worse", () => {
    const startMs = performance.now();
    for (const source of ["^(a+)+$", "^(a|aa)+$", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$"])
      expect(compilePattern(source).test(`${"a".repeat(20_000)}!`)).toBe(false);
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });

  it("says no to texts that would keep everyone waiting", () => {
    expect(compilePattern("a{1000}$").test("a".repeat(1_000))).toBe(true);
    expect(compilePattern("a{1000}$").test("a".repeat(1_000_000))).toBe(false);
  });
});
