import { TimeSeriesChart } from "@/components/charts/time-series-chart";
import { Card } from "@/components/ui/card";
import type { ResourceDto } from "@/lib/features/environments/schema";
import type { MetricsDto } from "@/lib/features/monitoring/schema";
import { type FigureFormat, formatFigure } from "@/lib/kernel/format";
import { titlesOf } from "./looks";
import {
  latestTotal,
  limitsOf,
  type Metric,
  metricDomain,
  metricEvents,
  metricPoints,
} from "./metric-points";

export interface MetricCardProps {
  title: string;
  metrics: MetricsDto;
  metric: Metric;
  format: FigureFormat;
  resources: readonly ResourceDto[];
  /** Marks incidents and changes on the time axis. */
  withEvents?: boolean;
}

/** One metric of every component over time. */
export function MetricCard({ title, metrics, metric, format, resources, withEvents }: MetricCardProps) {
  const { series, points } = metricPoints(metrics, metric, titlesOf(resources), limitsOf(resources, metric));
  const now = latestTotal(metrics, metric);
  return (
    <Card title={title} aside={<span className="tabular">Now {formatFigure(now, format)}</span>}>
      <TimeSeriesChart
        label={title}
        format={format}
        series={series}
        points={points}
        domain={metricDomain(metrics, points, Date.now())}
        events={withEvents ? metricEvents(metrics) : []}
        height={180}
        gapMs={Number.POSITIVE_INFINITY}
      />
    </Card>
  );
}
