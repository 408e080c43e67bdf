import { describe, expect, test } from "vitest";
import { latestTotal, limitsOf, metricPoints } from "@/components/environments/metric-points";
import type { MetricsDto } from "@/lib/features/monitoring/schema";
import { resourceOf } from "../support/resource";

const start = Date.parse("2026-11-24T10:00:00Z");

function metrics(values: Record<string, (number | null)[]>, stepSeconds = 20): MetricsDto {
  return {
    range: "1h",
    stepSeconds,
    events: [],
    series: Object.entries(values).map(([component, list]) => ({
      component,
      points: list.map((cpuCores, index) => ({
        at: new Date(start + index * stepSeconds * 1000).toISOString(),
        cpuCores,
        memoryBytes: null,
        storageBytes: null,
        receivedRate: null,
        sentRate: null,
      })),
    })),
  };
}

describe("points of a metric", () => {
  test("sparse samples at an even pace make one line", () => {
    const sparse = Array.from({ length: 61 }, (_, index) => (index % 15 === 0 ? index : null));
    const { points } = metricPoints(metrics({ web: sparse }), "cpuCores");
    expect(points.map((point) => point.web)).toEqual([0, 15, 30, 45, 60]);
  });

  test("a hole much longer than the pace around it stays a gap", () => {
    const hole = Array.from({ length: 40 }, (_, index) => (index < 15 || index > 30 ? 1 : null));
    const { points } = metricPoints(metrics({ web: hole }), "cpuCores");
    expect(points.filter((point) => point.web === null)).toHaveLength(1);
  });

  test("components measured at different moments keep whole lines", () => {
    const { points } = metricPoints(
      metrics({ db: [2, null, 4, null, 6], web: [null, 1, null, 1, null] }),
      "cpuCores",
    );
    expect(points.map((point) => point.db)).toEqual([2, 3, 4, 5, 6]);
    expect(points.map((point) => point.web)).toEqual([undefined, 1, 1, 1, undefined]);
  });

  test("a gap of one component does not break the lines of the others", () => {
    const hole = Array.from({ length: 40 }, (_, index) => (index < 15 || index > 30 ? 1 : null));
    const whole = Array.from({ length: 40 }, () => 2);
    const { points } = metricPoints(metrics({ db: whole, web: hole }), "cpuCores");
    expect(points.every((point) => point.db === 2)).toBe(true);
    expect(points.filter((point) => point.web === null)).toHaveLength(1);
  });

  test("what no one measured is no line and no zero", () => {
    const { series, points } = metricPoints(metrics({ web: [null, null] }), "cpuCores");
    expect(series).toEqual([]);
    expect(points).toEqual([]);
    expect(latestTotal(metrics({ web: [null, null] }), "cpuCores")).toBeNull();
  });

  test("now is the sum of what was measured in the last minutes", () => {
    const old = [5, ...Array.from({ length: 30 }, () => null)];
    const fresh = [...Array.from({ length: 30 }, () => null), 0.4];
    expect(latestTotal(metrics({ db: old, web: fresh }), "cpuCores")).toBe(0.4);
  });
});

describe("limits of a metric", () => {
  const web = resourceOf({ component: "web", cpu: 0.5, memoryBytes: 256, replicas: 3 });
  const free = resourceOf({ component: "free", cpu: 0, memoryBytes: 0 });

  test("are the size of a replica times their number, and none where there is no size", () => {
    expect(limitsOf([web, free], "cpuCores")).toEqual({ web: 1.5 });
    expect(limitsOf([web, free], "memoryBytes")).toEqual({ web: 768 });
    expect(limitsOf([web, free], "receivedRate")).toEqual({});
  });

  test("belong to the lines of their components", () => {
    const { series } = metricPoints(metrics({ free: [1], web: [1] }), "cpuCores", {}, { web: 1.5, db: 2 });
    expect(series).toEqual([
      { key: "free", label: "free" },
      { key: "web", label: "web", limit: 1.5 },
    ]);
  });
});
