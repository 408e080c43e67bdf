import type { ChartEvent, ChartSeries, TimePoint } from "@/components/charts/types";
import type { MetricsDto } from "@/lib/features/monitoring/schema";

export type Metric = "cpuCores" | "memoryBytes" | "receivedRate" | "sentRate";

/** One line per component of one metric. A moment nobody measured stays unknown. */
export function metricPoints(
  metrics: MetricsDto,
  metric: Metric,
): { series: ChartSeries[]; points: TimePoint[] } {
  const measured = metrics.series.filter((one) => one.points.some((point) => point[metric] !== null));
  const byTime = new Map<number, TimePoint>();
  for (const { component, points } of measured) {
    for (const point of points) {
      const t = Date.parse(point.at);
      const row = byTime.get(t) ?? { t };
      row[component] = point[metric];
      byTime.set(t, row);
    }
  }
  return {
    series: measured.map(({ component }) => ({ key: component, label: component })),
    points: [...byTime.values()].sort((left, right) => left.t - right.t),
  };
}

const words: Record<string, string> = {
  update: "changed",
  scale: "scaled",
  restore: "restored",
  stop: "stopped",
  start: "started",
};

/** Incidents and changes as marks on the time axis. */
export function metricEvents(metrics: MetricsDto): ChartEvent[] {
  return metrics.events.map((event) => ({
    t: Date.parse(event.at),
    label: words[event.label] ?? event.label,
  }));
}

/** The newest known value of a metric over all components; null while nobody knows any. */
export function latestTotal(metrics: MetricsDto, metric: Metric): number | null {
  const known = metrics.series.flatMap(({ points }) => {
    const value = points.slice(-4).findLast((point) => point[metric] !== null)?.[metric];
    return value === null || value === undefined ? [] : [value];
  });
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
