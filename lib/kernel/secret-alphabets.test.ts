import { describe, expect, it } from "vitest";
import { minimumSecretLength, secretCharacters } from "./secret-alphabets";

describe("alphabets of generated secrets", () => {
  it("have each character once", () => {
    expect(secretCharacters("hex")).toHaveLength(16);
    expect(secretCharacters("aabb")).toEqual(["a", "b"]);
    expect(secretCharacters("constructor")).toContain("c");
  });

  it.each([
    ["alphanumeric", 22],
    ["hex", 32],
    ["numeric", 39],
    ["ab", 128],
    ["aaaa", Number.POSITIVE_INFINITY],
  ])("%s needs %d characters for 128 bits", (alphabet, length) => {
    expect(minimumSecretLength(alphabet)).toBe(length);
  });
});
