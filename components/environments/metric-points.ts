import type { ChartEvent, ChartSeries, TimePoint } from "@/components/charts/types";
import type { ResourceDto } from "@/lib/features/environments/schema";
import type { MetricsDto } from "@/lib/features/monitoring/schema";

export type Metric = "cpuCores" | "memoryBytes" | "receivedRate" | "sentRate";

/**
 * One line per component of one metric, with a row wherever something was measured. Recent samples are close together
 * and thinned out further back, so a hole is judged by the distances around it: it stays a gap in the line.
 */
export function metricPoints(
  metrics: MetricsDto,
  metric: Metric,
  /** Titles of the components, by name: what people know them by. */
  titles: Readonly<Record<string, string>> = {},
  /** Limits of the components, by name. */
  limits: Readonly<Record<string, number>> = {},
): { series: ChartSeries[]; points: TimePoint[] } {
  const lines = metrics.series
    .map(({ component, points }) => ({ component, known: knownPoints(points, metric) }))
    .filter(({ known }) => known.length > 0);
  const rows = new Map<number, TimePoint>();
  const rowAt = (t: number) => {
    const row = rows.get(t) ?? { t };
    rows.set(t, row);
    return row;
  };
  const bridges: (() => void)[] = [];
  for (const { component, known } of lines) {
    for (const [index, point] of known.entries()) {
      rowAt(point.t)[component] = point.value;
      const next = known[index + 1];
      if (!next) continue;
      if (next.t - point.t > gapLimit(known, index, metrics.stepSeconds * 1000)) {
        rowAt(point.t + 1)[component] = null;
      } else bridges.push(() => bridge(rows, component, point, next));
    }
  }
  // Only now is it known at which moments the other components have a row.
  for (const each of bridges) each();
  return {
    series: lines.map(({ component }) => {
      const limit = limits[component];
      const label = titles[component] ?? component;
      return { key: component, label, ...(limit !== undefined && { limit }) };
    }),
    points: [...rows.values()].sort((left, right) => left.t - right.t),
  };
}

/** What each component can use at most: the size of a replica times their number. A size of 0 is no limit. */
export function limitsOf(
  resources: readonly Pick<ResourceDto, "component" | "cpu" | "memoryBytes" | "replicas">[],
  metric: Metric,
): Record<string, number> {
  if (metric !== "cpuCores" && metric !== "memoryBytes") return {};
  const sizes = resources.map(({ component, replicas, ...size }) => {
    return [component, (metric === "cpuCores" ? size.cpu : size.memoryBytes) * replicas] as const;
  });
  return Object.fromEntries(sizes.filter(([, limit]) => limit > 0));
}

interface Known {
  t: number;
  value: number;
}

function knownPoints(points: MetricsDto["series"][number]["points"], metric: Metric): Known[] {
  return points.flatMap((point) => {
    const value = point[metric];
    return value === null ? [] : [{ t: Date.parse(point.at), value }];
  });
}

/** Three times the usual distance between the measurements around this one. */
function gapLimit(known: readonly Known[], index: number, minMs: number): number {
  const around = known.slice(Math.max(0, index - 3), index + 5);
  const distances = around
    .slice(1)
    .map((point, at) => point.t - (around[at]?.t ?? point.t))
    .sort((left, right) => left - right);
  return 3 * Math.max(minMs, distances[Math.floor(distances.length / 2)] ?? minMs);
}

/** Where only other components have a row, the line goes straight on between its own two points. */
function bridge(rows: ReadonlyMap<number, TimePoint>, component: string, from: Known, to: Known): void {
  for (const [t, row] of rows) {
    if (t <= from.t || t >= to.t) continue;
    row[component] = from.value + ((to.value - from.value) * (t - from.t)) / (to.t - from.t);
  }
}

/** Incidents and changes as marks on the time axis. */
export function metricEvents(metrics: MetricsDto): ChartEvent[] {
  return metrics.events.map((event) => ({
    t: Date.parse(event.at),
    label: event.label,
  }));
}

const rangeMs: Record<MetricsDto["range"], number> = {
  "1h": 3_600_000,
  "24h": 86_400_000,
  "7d": 604_800_000,
};
/** A young environment's chart is not stretched over nothing, but also not over seconds. */
const leastSpanMs = 600_000;

/**
 * First and last instant of the time axis: the whole range, or as much of it as the environment has lived. It ends now, also
 * where nothing has been measured for a while.
 */
export function metricDomain(
  metrics: Pick<MetricsDto, "range">,
  points: readonly TimePoint[],
  nowMs: number,
): [number, number] {
  const to = Math.max(nowMs, points.at(-1)?.t ?? nowMs);
  const first = Math.max(to - rangeMs[metrics.range], points[0]?.t ?? to);
  return [Math.min(first, to - leastSpanMs), to];
}

/** Whether any component has a value of the metric: some clouds cannot measure all of them. */
export function isMeasured(metrics: MetricsDto, ...wanted: Metric[]): boolean {
  return metrics.series.some(({ points }) =>
    points.some((point) => wanted.some((metric) => point[metric] !== null)),
  );
}

/** What was measured longer ago than this is not "now". */
const nowSeconds = 360;

/** The newest known value of a metric over all components; null while none is known. */
export function latestTotal(metrics: MetricsDto, metric: Metric): number | null {
  const buckets = Math.max(2, Math.ceil(nowSeconds / metrics.stepSeconds));
  const known = metrics.series.flatMap(({ points }) => {
    const value = points.slice(-buckets).findLast((point) => point[metric] !== null)?.[metric];
    return value === null || value === undefined ? [] : [value];
  });
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
