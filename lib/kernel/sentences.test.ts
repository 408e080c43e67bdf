import { describe, expect, it } from "vitest";
import { sentences } from "./sentences";

describe("sentences", () => {
  it.each([
    [["device or resource busy", "Check what uses it."], "device or resource busy. Check what uses it."],
    [["It failed.", "Try again."], "It failed. Try again."],
    [["It said “no.”", "Try again."], "It said “no.” Try again."],
    [["Really?", undefined, "", null, "Yes"], "Really? Yes"],
    [["alone"], "alone"],
    [[], ""],
  ])("joins %j", (parts, text) => {
    expect(sentences(...parts)).toBe(text);
  });
});
