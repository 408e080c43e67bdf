import { getEnvironmentRow } from "@/lib/features/environments";
import { pastWords, type RequestKind } from "@/lib/features/requests/schema";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import type { IncidentDto, MetricRange, MetricsDto } from "./schema";

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
  const rows = await query<
    Omit<IncidentDto, "openedAt" | "closedAt"> & { openedAt: Date; closedAt: Date | null }
  >(
    `SELECT id, component, kind, summary, occurrences, actions, opened_at AS "openedAt", closed_at AS "closedAt"
     FROM incident WHERE environment_id = $1 ORDER BY opened_at DESC LIMIT $2`,
    [environmentId, limit],
  );
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
  const rows = await query<{ component: string; at: Date } & Record<string, number | null>>(
    `WITH bucket AS (
       SELECT generate_series(0, $2::int / $3::int - 1) AS n),
     origin AS (SELECT now() - $2::int * interval '1 second' AS at)
     SELECT r.component, o.at + b.n * $3::int * interval '1 second' AS at, x.*
     FROM resource r CROSS JOIN origin o CROSS JOIN bucket b
     LEFT JOIN LATERAL (
       SELECT avg(s.cpu_cores)::float8 AS cpu, avg(s.memory_bytes)::float8 AS memory, max(s.storage_bytes)::float8 AS storage,
         max(s.network_received_bytes)::float8 AS received, max(s.network_sent_bytes)::float8 AS sent
       FROM sample s WHERE s.resource_id = r.id AND s.at >= o.at + b.n * $3::int * interval '1 second'
         AND s.at < o.at + (b.n + 1) * $3::int * interval '1 second') x ON true
     WHERE r.environment_id = $1 ORDER BY r.created_at, r.component, b.n`,
    [environmentId, seconds[range], stepSeconds],
  );
  const series = new Map<string, MetricsDto["series"][number]["points"]>();
  let before: (typeof rows)[number] | undefined;
  for (const row of rows) {
    const points = series.get(row.component) ?? [];
    const last = before?.component === row.component ? before : undefined;
    points.push({
      at: row.at.toISOString(),
      cpuCores: row.cpu ?? null,
      memoryBytes: row.memory ?? null,
      storageBytes: row.storage ?? null,
      receivedRate: rate(last?.received, row.received, stepSeconds),
      sentRate: rate(last?.sent, row.sent, stepSeconds),
    });
    series.set(row.component, points);
    before = row;
  }
  const events = await query<{ at: Date; incident: string | null; change: RequestKind | null }>(
    `SELECT opened_at AS at, component || ' ' || kind AS incident, NULL AS change FROM incident
       WHERE environment_id = $1 AND opened_at > now() - $2::int * interval '1 second'
     UNION ALL SELECT created_at, NULL, kind::text FROM request
       WHERE environment_id = $1 AND kind IN ('update', 'scale', 'restore', 'repair', 'stop', 'start') AND created_at > now() - $2::int * interval '1 second'
     ORDER BY at LIMIT 20`,
    [environmentId, seconds[range]],
  );
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

/** Counters begin anew when a process does: a fall is no rate. */
function rate(
  before: number | null | undefined,
  now: number | null | undefined,
  stepSeconds: number,
): number | null {
  if (before === null || before === undefined || now === null || now === undefined || now < before)
    return null;
  return (now - before) / stepSeconds;
}
