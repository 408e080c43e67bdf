"use client";

import { TimeSeriesChart } from "@/components/charts/time-series-chart";
import { ChartSkeleton } from "@/components/ui/skeleton";
import type { ResourceDto } from "@/lib/features/environments/schema";
import type { MetricsDto } from "@/lib/features/monitoring/schema";
import { type FigureFormat, formatFigure } from "@/lib/kernel/format";
import { DrawerSection } from "./drawer-section";
import { latestTotal, limitsOf, type Metric, metricDomain, metricPoints } from "./metric-points";
import { useMetrics } from "./use-metrics";

const height = 110;

/** The last hour of one component: CPU and memory against their limits. */
export function ComponentMetrics(props: { environmentId: string; resource: ResourceDto }) {
  const { environmentId, resource } = props;
  const { metrics, problem } = useMetrics(environmentId);
  const own = metrics && {
    ...metrics,
    series: metrics.series.filter(({ component }) => component === resource.component),
  };
  return (
    <DrawerSection title="Metrics" aside="Last hour">
      {problem && !own ? <p className="text-bad-ink">{problem}</p> : null}
      <div className="grid gap-4 sm:grid-cols-2">
        <SmallChart title="CPU" metric="cpuCores" format="cpu" {...{ own, resource }} />
        <SmallChart title="Memory" metric="memoryBytes" format="bytes" {...{ own, resource }} />
      </div>
    </DrawerSection>
  );
}

interface SmallChartProps {
  title: string;
  metric: Metric;
  format: FigureFormat;
  /** The component's own metrics; null while they load. */
  own: MetricsDto | null;
  resource: ResourceDto;
}

function SmallChart({ title, metric, format, own, resource }: SmallChartProps) {
  if (!own) return <ChartSkeleton height={height} />;
  const titles = { [resource.component]: resource.title };
  const { series, points } = metricPoints(own, metric, titles, limitsOf([resource], metric));
  return (
    <div className="min-w-0">
      <p className="flex justify-between gap-2 text-xs text-muted">
        <span>{title}</span>
        <span className="tabular">Now {formatFigure(latestTotal(own, metric), format)}</span>
      </p>
      <TimeSeriesChart
        label={`${title} of ${resource.title}`}
        format={format}
        series={series}
        points={points}
        domain={metricDomain(own, points, Date.now())}
        height={height}
        gapMs={Number.POSITIVE_INFINITY}
      />
    </div>
  );
}
