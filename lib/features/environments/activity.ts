import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { activityTitle, type Happened } from "./activity-title";
import { getEnvironmentRow } from "./context";
import type { ActivityDto, ActivityKind } from "./schema";

type Row = Happened & { at: Date; detail: string; who: string | null; href: string | null };

export interface ActivityFilter {
  kind?: ActivityKind | undefined;
  /** Words of what happened, why, or who did it. */
  q?: string | undefined;
}

/** Everything that happened to an environment, newest first: requests, incidents, backups. */
export async function listActivity(
  actor: Actor,
  environmentId: string,
  limit: number,
  filter: ActivityFilter = {},
): Promise<ActivityDto[]> {
  const { projectId } = await getEnvironmentRow(environmentId);
  const target = { projectId, what: "The environment", objectType: "environment", objectId: environmentId };
  requirePermission(actor, "environment.read", target);
  const rows = await query<Row>(
    `SELECT * FROM (
       SELECT q.created_at AS at, 'request' AS kind, q.kind::text AS what, q.status::text AS status,
         coalesce(nullif(q.message, ''), q.reason) AS detail,
         CASE WHEN q.origin = 'system' THEN 'System' ELSE u.name END AS who, '/requests/' || q.id AS href
       FROM request q LEFT JOIN app_user u ON u.id = q.requester_id WHERE q.environment_id = $1
       UNION ALL
       SELECT i.opened_at, 'incident', i.component,
         CASE WHEN i.closed_at IS NULL THEN 'open' ELSE 'closed' END, i.summary, 'Monitoring', NULL
       FROM incident i WHERE i.environment_id = $1
       UNION ALL
       SELECT b.created_at, 'backup', b.kind, b.status::text, coalesce(nullif(b.error, ''), b.note),
         coalesce(bu.name, 'System'), NULL
       FROM backup b LEFT JOIN app_user bu ON bu.id = b.created_by_id WHERE b.environment_id = $1) a
     WHERE ($3::text IS NULL OR kind = $3)
       AND ($4::text IS NULL OR strpos(lower(concat_ws(' ', kind, what, status, detail, who)), lower($4)) > 0)
     ORDER BY at DESC LIMIT $2`,
    [environmentId, limit, filter.kind ?? null, filter.q || null],
  );
  return rows.map(toActivity);
}

const tones: Record<Happened["status"], ActivityDto["tone"]> = {
  succeeded: "good",
  closed: "good",
  failed: "bad",
  rejected: "bad",
  open: "bad",
  running: "accent",
  pending_approval: "warning",
  approved: "neutral",
  cancelled: "neutral",
  expired: "neutral",
  deleted: "neutral",
};

function toActivity(row: Row): ActivityDto {
  return {
    at: row.at.toISOString(),
    kind: row.kind,
    title: activityTitle(row),
    // The title of an incident names its component already.
    detail: (row.detail ?? "").replace(row.kind === "incident" ? `${row.what}: ` : "", ""),
    who: row.who ?? "Unknown user",
    tone: tones[row.status],
    href: row.href,
  };
}
