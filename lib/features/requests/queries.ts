import { z } from "zod";
import { listSecretParameters } from "@/lib/features/environments";
import { notFound } from "@/lib/kernel/errors";
import { can } from "@/lib/kernel/permissions";
import { type Actor, requirePermission, visibleProjects } from "@/lib/platform/auth";
import { likeText, query } from "@/lib/platform/db";
import { decodeCursor, type Page, sortKeys, toPage } from "@/lib/platform/http/page";
import { findApprovers } from "./approvers";
import { listRequestSecrets } from "./carried-secrets";
import { readPlan } from "./plan-row";
import type { RequestDetail, RequestKind, RequestSort, RequestStatus, RequestSummary } from "./schema";

interface Row {
  id: string;
  kind: RequestKind;
  origin: "user" | "system";
  status: RequestStatus;
  environmentId: string;
  environmentName: string;
  generation: number;
  projectId: string;
  projectSlug: string;
  projectName: string;
  requesterId: string | null;
  requesterName: string | null;
  templateName: string;
  templateTitle: string;
  version: string;
  reason: string;
  message: string;
  planId: string | null;
  monthly: string | null;
  currency: string;
  runId: string | null;
  createdAt: Date;
  decidedAt: Date | null;
  finishedAt: Date | null;
  expiresAt: Date | null;
}

/**
 * Requests by id with what they are about. In two halves, each of few tables: PostgreSQL spends more time on finding an
 * order for nine tables than on reading them.
 */
const detailSql = (page: string, order = "") => `
  WITH page AS (${page}),
  about AS MATERIALIZED (
    SELECT q.*, page.sort_key, page.sort_value, e.name AS environment_name, e.generation, p.slug AS project_slug, p.name AS project_name,
      coalesce(l.template_version_id, e.template_version_id) AS version_id, l.cost->>'monthly' AS monthly,
      coalesce(l.cost->>'currency', e.currency) AS currency
    FROM page JOIN request q ON q.id = page.id JOIN environment e ON e.id = q.environment_id
    JOIN project p ON p.id = q.project_id LEFT JOIN plan l ON l.id = q.plan_id)
  SELECT q.sort_key AS "sortKey", q.id, q.kind::text AS kind, q.origin::text AS origin, q.status::text AS status,
    q.environment_id AS "environmentId", q.environment_name AS "environmentName", q.generation,
    q.project_id AS "projectId", q.project_slug AS "projectSlug", q.project_name AS "projectName",
    q.requester_id AS "requesterId", u.name AS "requesterName",
    t.name AS "templateName", t.title AS "templateTitle", v.version, q.reason, q.message, q.plan_id AS "planId",
    q.monthly, q.currency, q.run_id AS "runId", q.created_at AS "createdAt", q.decided_at AS "decidedAt",
    q.finished_at AS "finishedAt", q.expires_at AS "expiresAt"
  FROM about q JOIN template_version v ON v.id = q.version_id JOIN template t ON t.id = v.template_id
  LEFT JOIN app_user u ON u.id = q.requester_id ${order}`;

export interface RequestFilter {
  q?: string | undefined;
  status?: RequestStatus | undefined;
  kind?: RequestKind | undefined;
  origin?: "user" | "system" | undefined;
  project?: string | undefined;
  environment?: string | undefined;
  /** Only the actor's own. */
  mine?: boolean | undefined;
  /** Only those the actor could decide now. */
  decidable?: boolean | undefined;
  /** By when it was asked, unless said otherwise. */
  sort?: RequestSort | undefined;
  /** Left out, each sort has its own: newest, A to Z, dearest first. */
  direction?: "asc" | "desc" | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Per sort: the expression, what has to be joined for it, its type (the cursor carries it as text), its own direction. */
const sorts = {
  created: { order: "q.created_at", join: "", type: "timestamptz", down: true },
  name: {
    order: "e.name",
    join: "JOIN environment e ON e.id = q.environment_id",
    type: "text",
    down: false,
  },
  cost: {
    order: "coalesce((l.cost->>'monthly')::numeric, -1)",
    join: "LEFT JOIN plan l ON l.id = q.plan_id",
    type: "numeric",
    down: true,
  },
} as const satisfies Record<RequestSort, { order: string; join: string; type: string; down: boolean }>;

/** Requests the actor may see, keyset-paged. */
export async function listRequests(actor: Actor, filter: RequestFilter): Promise<Page<RequestSummary>> {
  const visible = visibleProjects(actor);
  const { order, join, type, down: ownWay } = sorts[filter.sort ?? "created"];
  const down = filter.direction ? filter.direction === "desc" : ownWay;
  const direction = down ? "DESC" : "ASC";
  const cursor = decodeCursor(filter.cursor, z.object({ key: sortKeys[type], id: z.string() }));
  const values: unknown[] = [];
  const where: string[] = [];
  const add = (condition: (parameter: string) => string, value: unknown) => {
    values.push(value);
    where.push(condition(`$${values.length}`));
  };
  if (visible !== "all") add((p) => `q.project_id = ANY(${p})`, [...visible]);
  if (filter.q) {
    // Texts are compared last, and only those that may be seen. Names are in small letters (DNS labels).
    const [within, inVisible] =
      visible === "all" ? ["true", ""] : ["q.project_id = ANY($1)", "project_id = ANY($1) AND"];
    add(
      (p) =>
        `CASE WHEN ${within} THEN q.environment_id IN (SELECT id FROM environment WHERE ${inVisible} name LIKE lower(${p}))
           OR q.reason ILIKE ${p} ELSE false END`,
      `%${likeText(filter.q)}%`,
    );
  }
  if (filter.status) add((p) => `q.status = ${p}::request_status`, filter.status);
  if (filter.kind) add((p) => `q.kind = ${p}::request_kind`, filter.kind);
  if (filter.origin) add((p) => `q.origin = ${p}::request_origin`, filter.origin);
  if (filter.project)
    add((p) => `q.project_id IN (SELECT id FROM project WHERE id = ${p} OR slug = ${p})`, filter.project);
  if (filter.environment) add((p) => `q.environment_id = ${p}`, filter.environment);
  if (filter.mine) add((p) => `q.requester_id = ${p}`, actor.userId);
  if (filter.decidable) {
    where.push("q.status = 'pending_approval'");
    add((p) => `q.requester_id IS DISTINCT FROM ${p}`, actor.userId);
    if (!can(actor, "request.decide")) add((p) => `q.project_id = ANY(${p})`, decidableProjects(actor));
  }
  if (cursor) {
    values.push(cursor.key, cursor.id);
    where.push(`(${order}, q.id) ${down ? "<" : ">"} ($${values.length - 1}::${type}, $${values.length})`);
  }
  values.push(filter.limit + 1);
  // The page is cut before anything is joined that its order does not need: only its rows are looked up.
  const rows = await query<Row & { sortKey: string }>(
    detailSql(
      `SELECT q.id, ${order} AS sort_value, (${order})::text AS sort_key FROM request q ${join}
       ${where.length > 0 ? `WHERE ${where.join(" AND ")}` : ""}
       ORDER BY ${order} ${direction}, q.id ${direction} LIMIT $${values.length}`,
      `ORDER BY q.sort_value ${direction}, q.id ${direction}`,
    ),
    values,
  );
  return toPage(rows, filter.limit, (row) => ({ key: row.sortKey, id: row.id }), toSummary);
}

/** Projects in which the actor decides about requests by their role there. */
export function decidableProjects(actor: Actor): string[] {
  return [...actor.projects.keys()].filter((projectId) => can(actor, "request.decide", { projectId }));
}

/**
 * A request with its plan, verdicts and decisions.
 * @throws AppError not_found
 */
export async function getRequest(actor: Actor, requestId: string): Promise<RequestDetail> {
  const [row] = await query<Row>(
    detailSql("SELECT $1::text AS id, 0 AS sort_value, '' AS sort_key"),
    [requestId],
    { name: "request_detail" },
  );
  if (!row) throw notFound("The request");
  requirePermission(actor, "request.read", {
    projectId: row.projectId,
    what: "The request",
    objectType: "request",
    objectId: requestId,
  });
  const waiting = row.status === "pending_approval";
  const [plan, decisions, secretNames, secretParameters, approvers] = await Promise.all([
    row.planId ? readPlan(row.planId) : null,
    listDecisions(requestId),
    listSecretParameters(row.environmentId),
    listRequestSecrets(requestId),
    waiting ? findApprovers(row) : null,
  ]);
  // A plan is never altered: one from before a parameter was secret still holds its value.
  const parameters = Object.entries(plan?.parameters ?? {}).filter(([name]) => !secretNames.has(name));
  const own = actor.userId !== null && actor.userId === row.requesterId;
  const mayDecide = can(actor, "request.decide", { projectId: row.projectId });
  return {
    ...toSummary(row),
    plan: plan
      ? {
          digest: plan.digest,
          changes: plan.changes,
          cost: plan.cost,
          lease: plan.lease,
          placement: plan.reasons,
          losses: plan.losses ?? [],
        }
      : null,
    verdicts: plan?.verdicts ?? [],
    parameters: Object.fromEntries(parameters),
    secretParameters,
    decisions,
    can: {
      decide: waiting && mayDecide && !own,
      cancel:
        (waiting || row.status === "running") && can(actor, "request.cancel", { projectId: row.projectId }),
      repeat:
        row.kind === "create" &&
        ["rejected", "cancelled", "expired", "failed"].includes(row.status) &&
        can(actor, "environment.request", { projectId: row.projectId }),
    },
    cannotDecideBecause: !waiting
      ? null
      : own
        ? "You can’t approve your own request."
        : mayDecide
          ? null
          : "You need the approver role in this project.",
    approvers,
    stale: waiting && plan !== null && plan.baseGeneration !== row.generation,
  };
}

async function listDecisions(requestId: string): Promise<RequestDetail["decisions"]> {
  const rows = await query<{
    decision: "approve" | "reject";
    approver: string | null;
    reason: string;
    digest: string;
    at: Date;
  }>(
    `SELECT a.decision::text AS decision, u.name AS approver, a.reason, a.plan_digest AS digest, a.created_at AS at
     FROM approval a LEFT JOIN app_user u ON u.id = a.approver_id WHERE a.request_id = $1 ORDER BY a.created_at`,
    [requestId],
  );
  return rows.map((row) => ({ ...row, approver: row.approver ?? "CLI", at: row.at.toISOString() }));
}

function toSummary(row: Row): RequestSummary {
  return {
    id: row.id,
    kind: row.kind,
    origin: row.origin,
    status: row.status,
    environmentId: row.environmentId,
    environmentName: row.environmentName,
    project: { id: row.projectId, slug: row.projectSlug, name: row.projectName },
    requester: row.requesterId ? { id: row.requesterId, name: row.requesterName ?? row.requesterId } : null,
    template: { name: row.templateName, title: row.templateTitle, version: row.version },
    reason: row.reason,
    message: row.message,
    monthly: row.monthly,
    currency: row.currency,
    runId: row.runId,
    createdAt: row.createdAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
  };
}
