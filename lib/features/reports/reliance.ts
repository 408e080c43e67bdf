import semver from "semver";
import { Recent } from "@/lib/kernel/recent";
import type { Actor } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import type { RelianceRow } from "./schema";
import { reportAgeMs, reportScope, scopeKey } from "./scope";

interface Row extends Omit<RelianceRow, "newest" | "outdated"> {
  published: string[];
  /** Living environments per version. */
  versions: Record<string, number> | null;
}

/**
 * How much each offering is relied on, within the projects the actor may report on; the most used first. At most half
 * a minute old.
 */
export async function reliance(actor: Actor, days: number): Promise<RelianceRow[]> {
  const scope = reportScope(actor);
  return await answers.get(scopeKey(scope, days), () => read(scope, days));
}

const answers = new Recent<RelianceRow[]>(reportAgeMs);

async function read(scope: string[] | null, days: number): Promise<RelianceRow[]> {
  const rows = await query<Row>(
    `WITH use AS (
       SELECT v.template_id, v.version, e.project_id, e.owner_id, e.status, e.created_at,
         e.destroyed_at IS NULL AND e.status <> 'pending' AS living
       FROM environment e JOIN template_version v ON v.id = e.template_version_id
       WHERE ($1::text[] IS NULL OR e.project_id = ANY($1))
         AND (e.destroyed_at IS NULL OR e.created_at > now() - make_interval(days => $2))),
     sums AS (
       SELECT template_id, count(*) FILTER (WHERE living)::int AS environments,
         count(*) FILTER (WHERE living AND status = 'running')::int AS running,
         count(DISTINCT owner_id) FILTER (WHERE living)::int AS people,
         count(DISTINCT project_id) FILTER (WHERE living)::int AS projects,
         count(*) FILTER (WHERE created_at > now() - make_interval(days => $2))::int AS created
       FROM use GROUP BY 1),
     per_version AS (
       SELECT template_id, jsonb_object_agg(version, living) AS versions FROM (
         SELECT template_id, version, count(*)::int AS living FROM use WHERE living GROUP BY 1, 2) x GROUP BY 1)
     SELECT t.name AS template, t.title, t.icon, coalesce(s.environments, 0) AS environments,
       coalesce(s.running, 0) AS running, coalesce(s.people, 0) AS people, coalesce(s.projects, 0) AS projects,
       coalesce(s.created, 0) AS created, p.versions,
       ARRAY(SELECT n.version FROM template_version n WHERE n.template_id = t.id AND n.status = 'published') AS published
     FROM template t LEFT JOIN sums s ON s.template_id = t.id LEFT JOIN per_version p ON p.template_id = t.id
     ORDER BY environments DESC, t.title LIMIT 500`,
    [scope, days],
    { name: "report_reliance" },
  );
  return rows
    .filter((row) => row.published.length > 0 || row.environments > 0)
    .map(({ published, versions, ...row }) => {
      const newest = [...published].sort(semver.rcompare)[0] ?? null;
      return { ...row, newest, outdated: outdated(versions ?? {}, newest) };
    });
}

function outdated(versions: Record<string, number>, newest: string | null): number {
  if (newest === null) return 0;
  return Object.entries(versions).reduce(
    (sum, [version, count]) => sum + (semver.lt(version, newest) ? count : 0),
    0,
  );
}
