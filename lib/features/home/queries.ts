import { countWaitingApprovals } from "@/lib/features/approvals";
import { listEnvironments } from "@/lib/features/environments";
import { listRequests } from "@/lib/features/requests";
import { can, type PersonActor, visibleProjects } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { monthOfProjects } from "./costs";
import { homeViewOf, sortAttention } from "./rules";
import type { AttentionItem, EnvironmentCounts, HomeDto } from "./schema";

const shownEnvironments = 7;
const perKind = 5;
const leaseWarningDays = 3;

/** Everything on a person's home: what needs them, what runs, what it costs. */
export async function getHome(actor: PersonActor): Promise<HomeDto> {
  const view = homeViewOf(actor);
  const seesEnvironments = view !== "finance" || actor.projects.size > 0;
  const [attention, approvals, approvalsTotal, counts, own, costs] = await Promise.all([
    listAttention(actor),
    listRequests(actor, { decidable: true, direction: "asc", limit: perKind }),
    countWaitingApprovals(actor),
    countEnvironments(actor),
    seesEnvironments
      ? listEnvironments(actor, { mine: view === "developer", limit: shownEnvironments })
      : null,
    monthOfProjects(actor),
  ]);
  return {
    view,
    attention: sortAttention(attention),
    approvals: approvals.items,
    approvalsTotal,
    counts,
    environments: own?.items ?? [],
    costs,
  };
}

async function countEnvironments(actor: PersonActor): Promise<EnvironmentCounts> {
  const visible = visibleProjects(actor, "environment.read");
  const [row] = await query<EnvironmentCounts>(
    `SELECT count(*)::int AS total, count(*) FILTER (WHERE status = 'running')::int AS running,
       count(*) FILTER (WHERE health = 'unhealthy')::int AS unhealthy, count(*) FILTER (WHERE health = 'degraded')::int AS degraded,
       count(*) FILTER (WHERE status = 'failed')::int AS failed,
       count(*) FILTER (WHERE status = 'stopped')::int AS stopped
     FROM environment WHERE destroyed_at IS NULL AND ($1::text[] IS NULL OR project_id = ANY($1))`,
    [visible === "all" ? null : visible],
    { name: "home_counts" },
  );
  return row ?? { total: 0, running: 0, unhealthy: 0, degraded: 0, failed: 0, stopped: 0 };
}

/**
 * What a person answers for: their own environments, those of projects they own, and everything for administrators.
 * One statement; each part uses an index and stops at five.
 */
async function listAttention(actor: PersonActor): Promise<AttentionItem[]> {
  const everything = actor.orgRole === "admin";
  const owned = [...actor.projects].filter(([, role]) => role === "owner").map(([projectId]) => projectId);
  const mine = "($1 OR e.owner_id = $2 OR e.project_id = ANY($3::text[]))";
  const rows = await query<Omit<AttentionItem, "at"> & { at: Date | null }>(
    `(SELECT CASE WHEN e.status = 'failed' THEN 'failed' ELSE 'change-failed' END AS kind, e.id, e.name,
        coalesce(r.error->>'message', 'No cause was recorded.') AS detail,
        '/runs/' || r.id AS href, coalesce(r.finished_at, e.updated_at) AS at
      FROM environment e JOIN run r ON r.id = e.failed_run_id
      WHERE e.failed_run_id IS NOT NULL AND r.status <> 'cancelled' AND e.destroyed_at IS NULL AND ${mine}
      ORDER BY at DESC LIMIT ${perKind})
     UNION ALL
     (SELECT 'incident', e.id, e.name, i.summary, '/environments/' || e.id || '/monitoring', i.opened_at
      FROM incident i JOIN environment e ON e.id = i.environment_id
      WHERE i.closed_at IS NULL AND e.destroyed_at IS NULL AND ${mine} ORDER BY i.opened_at DESC LIMIT ${perKind})
     UNION ALL
     (SELECT 'lease', e.id, e.name,
        CASE WHEN e.lease_ends_at < now() THEN 'Lease expired. The environment is stopped and will be destroyed.'
          ELSE 'Lease ends soon.' END, '/environments/' || e.id, coalesce(e.destroy_after, e.lease_ends_at)
      FROM environment e WHERE e.lease_ends_at < now() + make_interval(days => ${leaseWarningDays})
        AND e.destroyed_at IS NULL AND e.status IN ('running', 'stopped', 'failed') AND ${mine}
      ORDER BY e.lease_ends_at LIMIT ${perKind})
     UNION ALL
     (SELECT 'waiting', q.id, e.name, 'Waiting for an approver in ' || p.name || '.', '/requests/' || q.id, q.created_at
      FROM request q JOIN environment e ON e.id = q.environment_id JOIN project p ON p.id = q.project_id
      WHERE q.status = 'pending_approval' AND q.requester_id = $2 ORDER BY q.created_at DESC LIMIT ${perKind})
     UNION ALL
     (SELECT 'cloud', c.id, c.title, coalesce(nullif(c.health_message, ''), 'The cloud is unreachable.'), '/admin/clouds/' || c.id,
        c.checked_at FROM cloud c WHERE $4 AND c.enabled AND c.health_ok = false LIMIT ${perKind})
     UNION ALL
     (SELECT 'review', v.id, t.title, 'Version ' || v.version || ' needs another reviewer.',
        '/admin/templates/' || t.name || '/' || v.version, v.submitted_at
      FROM template_version v JOIN template t ON t.id = v.template_id
      WHERE $5 AND v.status = 'in_review' AND NOT v.contributor_ids @> ARRAY[$2::text] LIMIT ${perKind})`,
    [everything, actor.userId, owned, can(actor, "cloud.manage"), can(actor, "template.publish")],
    { name: "home_attention" },
  );
  return rows.map((row) => ({ ...row, at: row.at?.toISOString() ?? null }));
}
