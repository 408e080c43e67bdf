import { describe, expect, it } from "vitest";
import { Recent } from "./recent";

describe("recent answers", () => {
  it("shares one answer until it is too old", async () => {
    const recent = new Recent<number>(1_000);
    let loads = 0;
    const load = async () => {
      loads += 1;
      return loads;
    };
    expect(await Promise.all([recent.get("a", load, 0), recent.get("a", load, 999)])).toEqual([1, 1]);
    expect(await recent.get("a", load, 1_000)).toBe(2);
    expect(await recent.get("b", load, 1_000)).toBe(3);
  });

  it("forgets a failure", async () => {
    const recent = new Recent<number>(1_000);
    await expect(recent.get("a", () => Promise.reject(new Error("away")), 0)).rejects.toThrow("away");
    expect(await recent.get("a", async () => 1, 1)).toBe(1);
  });

  it("keeps no more keys than it may", async () => {
    const recent = new Recent<string>(1_000, 1);
    await recent.get("a", async () => "old", 0);
    await recent.get("b", async () => "b", 0);
    expect(await recent.get("a", async () => "new", 0)).toBe("new");
  });
});
