import { Decimal } from "decimal.js";
import { loadVersionByName } from "@/lib/features/catalog";
import { quotaUse } from "@/lib/features/quotas";
import { committedMonthly, decidableProjects, getRequest, presetPrices } from "@/lib/features/requests";
import type { RequestDetail } from "@/lib/features/requests/schema";
import { type Actor, can, visibleProjects } from "@/lib/platform/auth";
import { getPool, query } from "@/lib/platform/db";
import { cheaperAlternatives } from "./alternatives";
import type { Alternative, ApprovalCase, DecidedItem, RequesterFacts } from "./schema";

const waitingSql = `FROM request q WHERE q.status = 'pending_approval' AND q.requester_id IS DISTINCT FROM $1
  AND ($2::text[] IS NULL OR q.project_id = ANY($2))`;

const scopeOf = (actor: Actor): [string | null, string[] | null] => [
  actor.userId,
  can(actor, "request.decide") ? null : decidableProjects(actor),
];

/** How many requests wait for a decision the actor may make. */
export async function countWaitingApprovals(actor: Actor): Promise<number> {
  const scope = scopeOf(actor);
  if (scope[1]?.length === 0) return 0;
  const [row] = await query<{ count: number }>(`SELECT count(*)::int AS count ${waitingSql}`, scope, {
    name: "approvals_waiting",
  });
  return row?.count ?? 0;
}

/** Decisions of the projects the actor sees, newest first. */
export async function listDecided(actor: Actor, limit: number): Promise<DecidedItem[]> {
  const visible = visibleProjects(actor, "request.read");
  const rows = await query<Omit<DecidedItem, "at"> & { at: Date }>(
    `SELECT q.id AS "requestId", q.kind::text AS kind, q.status::text AS status, e.name AS "environmentName",
       p.name AS "projectName", coalesce(u.name, 'System') AS requester,
       coalesce(w.name, 'CLI') AS approver, a.decision::text AS decision, a.reason,
       l.cost->>'monthly' AS monthly, l.cost->>'currency' AS currency, a.created_at AS at
     FROM (SELECT x.* FROM approval x JOIN request y ON y.id = x.request_id
       WHERE $1::text[] IS NULL OR y.project_id = ANY($1) ORDER BY x.created_at DESC LIMIT $2) a
     JOIN request q ON q.id = a.request_id JOIN plan l ON l.id = a.plan_id
     JOIN environment e ON e.id = q.environment_id JOIN project p ON p.id = q.project_id
     LEFT JOIN app_user u ON u.id = q.requester_id LEFT JOIN app_user w ON w.id = a.approver_id
     ORDER BY a.created_at DESC`,
    [visible === "all" ? null : visible, limit],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/**
 * A request with all that a decision needs: the person, the money, the room, and what would cost less.
 * @throws AppError not_found
 */
export async function getApprovalCase(actor: Actor, requestId: string): Promise<ApprovalCase> {
  const request = await getRequest(actor, requestId);
  const waiting = request.status === "pending_approval";
  const [facts, committed, requester, alternatives, queue] = await Promise.all([
    projectFacts(request),
    committedMonthly(request.project.id),
    request.requester ? requesterFacts(request, request.requester) : null,
    waiting ? alternativesOf(request) : [],
    queueOf(actor, requestId),
  ]);
  // A waiting request is reserved already: what is used without it is the whole minus its own part.
  const own = facts.reserved;
  const quota = await quotaUse(getPool(), request.project.id, {
    cpu: own.cpu,
    memoryBytes: own.memory,
    storageBytes: own.storage,
    environments: own.environments,
    monthlyCost: "0",
  });
  const counted = new Decimal(Decimal.max(own.monthly, 0));
  return {
    request,
    costCenter: { code: facts.code, name: facts.costCenter },
    requester,
    budget:
      facts.budget === null
        ? null
        : {
            monthly: facts.budget,
            before: new Decimal(committed).minus(counted).toFixed(2),
            after: new Decimal(committed).minus(counted).plus(own.monthly).toFixed(2),
          },
    quota: quota.map((use) => ({ ...use, used: use.used - Math.max(0, use.added) })),
    alternatives,
    queue,
  };
}

interface ProjectFacts {
  code: string;
  costCenter: string;
  budget: string | null;
  reserved: { cpu: number; memory: number; storage: number; environments: number; monthly: string };
}

async function projectFacts(request: RequestDetail): Promise<ProjectFacts> {
  const [row] = await query<ProjectFacts>(
    `SELECT c.code, c.name AS "costCenter", trim_scale(p.budget_monthly)::text AS budget,
       jsonb_build_object('cpu', coalesce(r.cpu, 0), 'memory', coalesce(r.memory_bytes, 0),
         'storage', coalesce(r.storage_bytes, 0), 'environments', coalesce(r.environments, 0),
         'monthly', coalesce(r.monthly_cost, 0)::text) AS reserved
     FROM project p JOIN cost_center c ON c.id = p.cost_center_id
     LEFT JOIN reservation r ON r.request_id = $2 AND r.state = 'reserved' WHERE p.id = $1`,
    [request.project.id, request.id],
    { name: "approval_project" },
  );
  if (!row) throw new Error(`The project of request ${request.id} is gone.`);
  return row;
}

async function requesterFacts(
  request: RequestDetail,
  person: { id: string; name: string },
): Promise<RequesterFacts> {
  const [row] = await query<Omit<RequesterFacts, "id" | "name">>(
    `SELECT (SELECT m.role::text FROM project_member m WHERE m.user_id = $1 AND m.project_id = $2) AS role,
       h.*, coalesce(x.total, 0)::int AS "environmentsTotal", coalesce(x.items, '[]') AS environments
     FROM (SELECT count(*)::int AS earlier, count(*) FILTER (WHERE status = 'succeeded')::int AS succeeded,
             count(*) FILTER (WHERE status = 'failed')::int AS failed,
             count(*) FILTER (WHERE status = 'rejected')::int AS rejected
           FROM request WHERE requester_id = $1 AND project_id = $2 AND created_at < $3) h
     LEFT JOIN (SELECT sum(n) AS total, jsonb_agg(item ORDER BY cost DESC NULLS LAST) FILTER (WHERE place <= 6) AS items
       FROM (SELECT 1 AS n, e.monthly_cost AS cost, row_number() OVER (ORDER BY e.monthly_cost DESC NULLS LAST) AS place,
               jsonb_build_object('id', e.id, 'name', e.name, 'template', t.title, 'status', e.status,
                 'monthly', trim_scale(e.monthly_cost)::text) AS item
             FROM environment e JOIN template_version v ON v.id = e.template_version_id
             JOIN template t ON t.id = v.template_id
             WHERE e.owner_id = $1 AND e.project_id = $2 AND e.destroyed_at IS NULL AND e.id <> $4
               AND e.status <> 'pending') y) x ON true`,
    [person.id, request.project.id, request.createdAt, request.environmentId],
    { name: "approval_requester" },
  );
  if (!row) throw new Error(`Nothing is known of the requester of ${request.id}.`);
  return { ...person, ...row };
}

async function alternativesOf(request: RequestDetail): Promise<Alternative[]> {
  const monthly = request.plan?.cost.monthly;
  if (!monthly || (request.kind !== "create" && request.kind !== "update")) return [];
  const version = await loadVersionByName(request.template.name, request.template.version);
  const prices = await presetPrices(version);
  const titles = new Map(version.manifest.spec.presets.map((preset) => [preset.name, preset.title]));
  const comparable = prices.filter((price) => price.currency === request.currency && price.preset !== "");
  return cheaperAlternatives({
    monthly,
    currency: request.currency,
    leaseDays: request.plan?.lease?.days ?? null,
    presets: comparable.map((price) => ({
      name: price.preset,
      title: titles.get(price.preset),
      monthly: price.monthly,
    })),
  });
}

async function queueOf(actor: Actor, requestId: string): Promise<ApprovalCase["queue"]> {
  const rows = await query<{ id: string; position: number; total: number }>(
    `SELECT id, position, total FROM (
       SELECT q.id, row_number() OVER (ORDER BY q.created_at, q.id)::int AS position, count(*) OVER ()::int AS total
       ${waitingSql}) x WHERE id = $3 OR position <= 2`,
    [...scopeOf(actor), requestId],
    { name: "approvals_queue" },
  );
  const own = rows.find((row) => row.id === requestId);
  return {
    position: own?.position ?? 0,
    total: rows[0]?.total ?? 0,
    nextId: rows.find((row) => row.id !== requestId)?.id ?? null,
  };
}
