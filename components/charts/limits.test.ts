import { describe, expect, it } from "vitest";
import { summarize } from "./figures";
import { drawnLimits, limitAbove } from "./limits";

const web = { key: "web", label: "Web", limit: 0.5 };
const db = { key: "db", label: "Database", limit: 1 };
const at = (values: Record<string, number | null>) => [{ t: 0, ...values }];
const plain = (text: string | null) => text?.replaceAll("\u00a0", " ");

describe("limits in a chart", () => {
  it("are drawn while they leave the values room", () => {
    const [limit] = drawnLimits([web], at({ web: 0.2 }), "cpu");
    expect(limit).toMatchObject({ value: 0.5, index: 0 });
    expect(plain(limit?.label ?? "")).toBe("Limit 0.5 core");
    expect(limitAbove([web], at({ web: 0.2 }), "cpu")).toBeNull();
  });

  it("are named above it where they would press the values flat", () => {
    expect(drawnLimits([web], at({ web: 0.002 }), "cpu")).toEqual([]);
    expect(plain(limitAbove([web], at({ web: 0.002 }), "cpu"))).toBe("Limit 0.5 core");
    expect(plain(limitAbove([web], at({ web: null }), "cpu"))).toBe("Limit 0.5 core");
  });

  it("are drawn where a value is at them or, for a moment, beyond", () => {
    expect(drawnLimits([web], at({ web: 0.5 }), "cpu")).toHaveLength(1);
    expect(drawnLimits([web], at({ web: 0.7 }), "cpu")).toHaveLength(1);
  });

  it("say whose they are among several series, and stand once where all have the same", () => {
    const both = drawnLimits([web, db], at({ web: 0.4, db: 0.9 }), "cpu");
    expect(both.map(({ label }) => plain(label))).toEqual(["Limit 0.5 core, Web", "Limit 1 core, Database"]);
    const same = drawnLimits([web, { ...db, limit: 0.5 }], at({ web: 0.4, db: 0.3 }), "cpu");
    expect(same).toHaveLength(1);
    expect(same[0]).toMatchObject({ index: null });
    expect(plain(same[0]?.label ?? "")).toBe("Limit 0.5 core");
  });

  it("are none where a series has none", () => {
    const free = { key: "web", label: "Web" };
    expect(drawnLimits([free], at({ web: 0.4 }), "cpu")).toEqual([]);
    expect(limitAbove([free], at({ web: 0.4 }), "cpu")).toBeNull();
  });

  it("are in what the chart says in words", () => {
    expect(plain(summarize("CPU", [web], at({ web: 0.2 }), "cpu"))).toContain("limit 0.5 core");
  });
});
