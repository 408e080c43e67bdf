import { unownedCondition } from "@/lib/features/environments";
import { formatRelative } from "@/lib/kernel/format";
import { Recent } from "@/lib/kernel/recent";
import type { Actor } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import type { SprawlReason, SprawlRow } from "./schema";
import { reportAgeMs, reportScope, scopeKey } from "./scope";

const perReason = 100;
const examined = 300;
const idleShare = 0.01;
const stoppedDays = 14;
/** Looks at a day through one sample every two hours: fewer known ones than this say nothing. */
const enoughSamples = 6;

interface Row extends Omit<SprawlRow, "detail"> {
  at: Date | null;
  share: number | null;
}

const columns = `e.id AS "environmentId", e.name, p.name AS project, coalesce(u.name, 'None') AS owner,
  trim_scale(e.monthly_cost)::text AS monthly, e.currency`;
const tables = "JOIN project p ON p.id = e.project_id LEFT JOIN app_user u ON u.id = e.owner_id";
const seen = "e.destroyed_at IS NULL AND ($1::text[] IS NULL OR e.project_id = ANY($1))";

/**
 * Environments that are probably not needed: the most expensive first, at most a hundred per reason. Idle ones are
 * searched among the 300 most expensive that run: every component used under 1% of its CPU in each sample of a day,
 * two hours apart. At most half a minute old.
 */
export async function sprawl(actor: Actor): Promise<SprawlRow[]> {
  const scope = reportScope(actor);
  return await answers.get(scopeKey(scope), () => read(scope));
}

const answers = new Recent<SprawlRow[]>(reportAgeMs);

async function read(scope: string[] | null): Promise<SprawlRow[]> {
  const [idle, others] = await Promise.all([findIdle(scope), findOthers(scope)]);
  return [...idle, ...others].map(({ at, share, ...row }) => ({
    ...row,
    detail: detailOf(row.reason, at, share),
  }));
}

async function findIdle(scope: string[] | null): Promise<Row[]> {
  return await query<Row>(
    `WITH dearest AS (
       SELECT e.* FROM environment e
       WHERE ${seen} AND e.status = 'running' AND e.created_at < now() - interval '1 day'
       ORDER BY e.monthly_cost DESC NULLS LAST LIMIT ${examined}),
     used AS (
       SELECT r.environment_id, r.id, count(s.cpu_cores) AS known,
         max(s.cpu_cores / nullif(r.cpu * r.replicas, 0)) AS share
       FROM dearest d JOIN resource r ON r.environment_id = d.id CROSS JOIN generate_series(0, 11) AS h
       LEFT JOIN LATERAL (SELECT cpu_cores FROM sample WHERE resource_id = r.id
         AND at > now() - (h + 1) * interval '2 hours' AND at <= now() - h * interval '2 hours'
         ORDER BY at DESC LIMIT 1) s ON true
       WHERE r.cpu > 0 GROUP BY r.environment_id, r.id),
     idle AS (
       SELECT environment_id, max(share)::float8 AS share FROM used GROUP BY 1
       HAVING min(known) >= ${enoughSamples} AND max(share) < ${idleShare})
     SELECT 'idle' AS reason, ${columns}, NULL::timestamptz AS at, i.share
     FROM idle i JOIN dearest e ON e.id = i.environment_id ${tables}
     ORDER BY e.monthly_cost DESC NULLS LAST, e.id LIMIT ${perReason}`,
    [scope],
    { name: "report_idle" },
  );
}

async function findOthers(scope: string[] | null): Promise<Row[]> {
  const part = (reason: SprawlReason, at: string, where: string) =>
    `(SELECT '${reason}' AS reason, ${columns}, ${at} AS at, NULL::float8 AS share FROM environment e ${tables}
      WHERE ${seen} AND ${where} ORDER BY e.monthly_cost DESC NULLS LAST, e.id LIMIT ${perReason})`;
  return await query<Row>(
    [
      part("expired", "e.lease_ends_at", "e.lease_ends_at < now() AND e.status <> 'destroying'"),
      part("unowned", "u.disabled_at", unownedCondition),
      part("failed", "e.updated_at", "e.status = 'failed'"),
      part(
        "stopped",
        "e.updated_at",
        `e.status = 'stopped' AND e.updated_at < now() - interval '${stoppedDays} days'`,
      ),
    ].join(" UNION ALL "),
    [scope],
    { name: "report_sprawl" },
  );
}

function detailOf(reason: SprawlReason, at: Date | null, share: number | null): string {
  const when = formatRelative(at, Date.now());
  switch (reason) {
    case "idle":
      return `Peak CPU use ${((share ?? 0) * 100).toFixed(1)}% in the last 24 hours`;
    case "expired":
      return `Lease ended ${when}`;
    case "unowned":
      return at ? `Owner disabled ${when}` : "Owner is no longer a project member";
    case "failed":
      return `Run failed ${when}, not resolved`;
    case "stopped":
      return `Stopped, last changed ${when}`;
  }
}
