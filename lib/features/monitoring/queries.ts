import { getEnvironmentRow } from "@/lib/features/environments";
import { pastWords } from "@/lib/features/requests/schema";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import type { IncidentDto, MetricRange, MetricsDto } from "./schema";
import { listIncidentRows } from "./store-incidents";
import { listBuckets, listHappenings } from "./store-metrics";

async function readable(actor: Actor, environmentId: string): Promise<void> {
  const row = await getEnvironmentRow(environmentId);
  requirePermission(actor, "environment.read", {
    projectId: row.projectId,
    what: "The environment",
    objectType: "environment",
    objectId: environmentId,
  });
}

/** Incidents of an environment, newest first. @throws AppError not_found */
export async function listIncidents(actor: Actor, environmentId: string, limit = 50): Promise<IncidentDto[]> {
  await readable(actor, environmentId);
  const rows = await listIncidentRows(environmentId, limit);
  return rows.map((row) => ({
    ...row,
    openedAt: row.openedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
  }));
}

const seconds: Record<MetricRange, number> = { "1h": 3_600, "24h": 86_400, "7d": 604_800 };
const maxPoints = 180;

/**
 * Samples of an environment's components in even buckets. A bucket without a sample stands in the series with null
 * values, so that a gap is drawn as a gap.
 */
export async function metricsOf(
  actor: Actor,
  environmentId: string,
  range: MetricRange,
): Promise<MetricsDto> {
  await readable(actor, environmentId);
  const stepSeconds = Math.max(20, Math.round(seconds[range] / maxPoints));
  const rows = await listBuckets(environmentId, { rangeSeconds: seconds[range], stepSeconds });
  const series = new Map<string, MetricsDto["series"][number]["points"]>();
  let before: (typeof rows)[number] | undefined;
  for (const row of rows) {
    const points = series.get(row.component) ?? [];
    const last = before?.component === row.component ? before : undefined;
    points.push({
      at: row.at.toISOString(),
      cpuCores: row.cpu,
      memoryBytes: row.memory,
      storageBytes: row.storage,
      receivedRate: rate(last?.received, row.received, stepSeconds),
      sentRate: rate(last?.sent, row.sent, stepSeconds),
    });
    series.set(row.component, points);
    before = row;
  }
  const events = await listHappenings(environmentId, seconds[range]);
  return {
    range,
    stepSeconds,
    series: [...series].map(([component, points]) => ({ component, points })),
    events: events.map(({ at, incident, change }) => ({
      at: at.toISOString(),
      label: change ? pastWords(change).toLowerCase() : (incident ?? ""),
    })),
  };
}

/** Counters begin again when a process does: a fall is no rate. */
function rate(
  before: number | null | undefined,
  now: number | null | undefined,
  stepSeconds: number,
): number | null {
  if (before === null || before === undefined || now === null || now === undefined || now < before)
    return null;
  return (now - before) / stepSeconds;
}
