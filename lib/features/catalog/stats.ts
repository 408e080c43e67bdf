import { query } from "@/lib/platform/db";

export interface TemplateStats {
  running: number;
  /** Median of successful create runs of the last 90 days; the demo's invented ones count only until there are real ones. */
  typicalSeconds: number | null;
  successRate: number | null;
}

const maxAgeMs = 30_000;
let cached: { at: number; stats: Promise<Map<string, TemplateStats>> } | undefined;

interface StatsRow {
  template_id: string;
  running: number;
  typical: number | null;
  rate: number | null;
}

/** How much each template is relied on, by template id. At most half a minute old, because every card asks for it. */
export async function templateStats(): Promise<Map<string, TemplateStats>> {
  if (cached && Date.now() - cached.at < maxAgeMs) return await cached.stats;
  const entry = { at: Date.now(), stats: readStats() };
  cached = entry;
  try {
    return await entry.stats;
  } catch (error) {
    if (cached === entry) cached = undefined;
    throw error;
  }
}

/** For tests and after bulk changes: the next call reads again. */
export function forgetTemplateStats(): void {
  cached = undefined;
}

async function readStats(): Promise<Map<string, TemplateStats>> {
  const rows = await query<StatsRow>(
    `WITH living AS (
       SELECT v.template_id, count(*)::int AS running
         FROM environment e JOIN template_version v ON v.id = e.template_version_id
        WHERE e.destroyed_at IS NULL AND e.status <> 'destroyed' GROUP BY 1),
     made AS (
       SELECT v.template_id,
              percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.finished_at - r.started_at))
                FILTER (WHERE r.status = 'succeeded') AS typical,
              avg((r.status = 'succeeded')::int) AS rate,
              row_number() OVER (PARTITION BY v.template_id ORDER BY e.is_demo) AS place
         FROM run r JOIN environment e ON e.id = r.environment_id
         JOIN template_version v ON v.id = e.template_version_id
        WHERE r.kind = 'create' AND r.status IN ('succeeded', 'failed') AND r.finished_at IS NOT NULL
          AND r.created_at > now() - interval '90 days' GROUP BY v.template_id, e.is_demo)
     SELECT t.id AS template_id, coalesce(l.running, 0) AS running, m.typical::float8, m.rate::float8
       FROM template t LEFT JOIN living l ON l.template_id = t.id LEFT JOIN made m ON m.template_id = t.id AND m.place = 1`,
  );
  return new Map(
    rows.map((row) => [
      row.template_id,
      { running: row.running, typicalSeconds: row.typical, successRate: row.rate },
    ]),
  );
}
