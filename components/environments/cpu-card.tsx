import { TimeSeriesChart } from "@/components/charts/time-series-chart";
import { Card } from "@/components/ui/card";
import { Stat } from "@/components/ui/stat";
import type { ResourceDto } from "@/lib/features/environments/schema";
import type { MetricsDto } from "@/lib/features/monitoring/schema";
import { formatCpu, formatNumber } from "@/lib/kernel/format";
import { titlesOf } from "./looks";
import { latestTotal, limitsOf, metricDomain, metricEvents, metricPoints } from "./metric-points";

/** The last hour's CPU, with what happened in it. */
export function CpuCard({ metrics, resources }: { metrics: MetricsDto; resources: readonly ResourceDto[] }) {
  const { series, points } = metricPoints(
    metrics,
    "cpuCores",
    titlesOf(resources),
    limitsOf(resources, "cpuCores"),
  );
  const now = latestTotal(metrics, "cpuCores");
  const limit = resources.reduce((sum, one) => sum + one.cpu * one.replicas, 0);
  return (
    <Card title="CPU" aside="Last hour">
      <Stat
        panel={false}
        label={<span className="sr-only">Current CPU</span>}
        value={
          now === null ? "unknown" : now > 0 && now < 0.001 ? "<0.001" : formatNumber(now, now < 0.1 ? 3 : 2)
        }
        of={limit > 0 ? `of ${formatCpu(limit)}` : undefined}
      />
      <div className="mt-2">
        <TimeSeriesChart
          label="CPU"
          format="cpu"
          series={series}
          points={points}
          domain={metricDomain(metrics, points, Date.now())}
          events={metricEvents(metrics)}
          height={160}
          gapMs={Number.POSITIVE_INFINITY}
        />
      </div>
    </Card>
  );
}
