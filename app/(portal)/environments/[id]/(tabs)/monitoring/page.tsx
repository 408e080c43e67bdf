import { ChoiceLinks } from "@/components/data/choice-links";
import { choiceParam, type SearchParams } from "@/components/data/list-params";
import { HealthTable } from "@/components/environments/health-table";
import { IncidentTable } from "@/components/environments/incident-table";
import { MetricCard } from "@/components/environments/metric-card";
import { isMeasured } from "@/components/environments/metric-points";
import { listIncidents, metricsOf } from "@/lib/features/monitoring";
import { type MetricRange, metricRanges } from "@/lib/features/monitoring/schema";
import { readEnvironment } from "../environment";

const rangeLabels: Record<MetricRange, string> = { "1h": "1 hour", "24h": "24 hours", "7d": "7 days" };

export default async function MonitoringPage(props: {
  params: Promise<{ id: string }>;
  searchParams: Promise<SearchParams>;
}) {
  const [{ id }, search] = await Promise.all([props.params, props.searchParams]);
  const { viewer, environment } = await readEnvironment(id);
  const range = choiceParam(search, "range", metricRanges) ?? "1h";
  const [metrics, incidents] = await Promise.all([metricsOf(viewer, id, range), listIncidents(viewer, id)]);
  const { resources } = environment;
  const network = isMeasured(metrics, "receivedRate", "sentRate");
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-sm text-muted">
          {network || !isMeasured(metrics, "cpuCores")
            ? ""
            : `Network metrics per component aren’t available on ${environment.clouds.join(" and ") || "this cloud"}.`}
        </p>
        <ChoiceLinks
          label="Period"
          items={metricRanges.map((one) => ({
            label: rangeLabels[one],
            href: `/environments/${id}/monitoring?range=${one}`,
            active: one === range,
          }))}
        />
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <MetricCard
          title="CPU"
          metrics={metrics}
          metric="cpuCores"
          format="cpu"
          resources={resources}
          withEvents
        />
        <MetricCard
          title="Memory"
          metrics={metrics}
          metric="memoryBytes"
          format="bytes"
          resources={resources}
          withEvents
        />
        {network ? (
          <>
            <MetricCard
              title="Network received"
              {...{ metrics, resources }}
              metric="receivedRate"
              format="byteRate"
            />
            <MetricCard
              title="Network sent"
              {...{ metrics, resources }}
              metric="sentRate"
              format="byteRate"
            />
          </>
        ) : null}
      </div>
      <HealthTable resources={resources} />
      <IncidentTable incidents={incidents} />
    </div>
  );
}
