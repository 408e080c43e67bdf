import { Recent } from "@/lib/kernel/recent";
import type { Actor } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import type { FulfillmentRow } from "./schema";
import { reportAgeMs, reportScope, scopeKey } from "./scope";

/**
 * How requests for new environments were answered, per template and in all (template "", first): how long people
 * waited and how often it worked. Times are of those that succeeded. At most half a minute old.
 */
export async function fulfillment(actor: Actor, days: number): Promise<FulfillmentRow[]> {
  const scope = reportScope(actor);
  return await answers.get(scopeKey(scope, days), () => read(scope, days));
}

const answers = new Recent<FulfillmentRow[]>(reportAgeMs);

async function read(scope: string[] | null, days: number): Promise<FulfillmentRow[]> {
  const rows = await query<Omit<FulfillmentRow, "successRate">>(
    `WITH asked AS (
       SELECT t.name, t.title, q.status,
         CASE WHEN q.status = 'succeeded' THEN extract(epoch FROM q.finished_at - q.created_at) END AS lead,
         (SELECT extract(epoch FROM min(a.created_at) - q.created_at) FROM approval a WHERE a.request_id = q.id) AS decision
       FROM request q JOIN environment e ON e.id = q.environment_id
       JOIN template_version v ON v.id = e.template_version_id JOIN template t ON t.id = v.template_id
       WHERE q.kind = 'create' AND q.created_at > now() - make_interval(days => $2)
         AND ($1::text[] IS NULL OR q.project_id = ANY($1)))
     SELECT coalesce(name, '') AS template, coalesce(title, 'All') AS title, count(*)::int AS requests,
       count(*) FILTER (WHERE status = 'succeeded')::int AS succeeded,
       count(*) FILTER (WHERE status = 'failed')::int AS failed,
       count(*) FILTER (WHERE status = 'rejected')::int AS rejected,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY lead)::float8 AS "leadP50",
       percentile_cont(0.95) WITHIN GROUP (ORDER BY lead)::float8 AS "leadP95",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY decision)::float8 AS "decisionP50"
     FROM asked GROUP BY GROUPING SETS ((name, title), ()) HAVING count(*) > 0 ORDER BY name NULLS FIRST LIMIT 500`,
    [scope, days],
    { name: "report_fulfillment" },
  );
  return rows.map((row) => {
    const tried = row.succeeded + row.failed;
    return { ...row, successRate: tried === 0 ? null : row.succeeded / tried };
  });
}
