import { z } from "zod";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { likeText, query } from "@/lib/platform/db";
import { decodeCursor, type Page, sortKeys, toPage } from "@/lib/platform/http/page";
import type { EnvironmentStatus, EnvironmentSummary, HealthState } from "./schema";
import { unownedCondition } from "./unowned";

export interface EnvironmentFilter {
  q?: string | undefined;
  status?: EnvironmentStatus | undefined;
  health?: HealthState | undefined;
  project?: string | undefined;
  template?: string | undefined;
  mine?: boolean | undefined;
  /** Only those whose owner is disabled or no member of the project any more. */
  unowned?: boolean | undefined;
  /** Id of the owner. */
  owner?: string | undefined;
  /** Also destroyed ones. */
  all?: boolean | undefined;
  sort?: "created" | "name" | "cost" | "lease" | undefined;
  /** Left out, each sort has its own: newest, A to Z, dearest, soonest first. */
  direction?: "asc" | "desc" | undefined;
  limit: number;
  cursor?: string | undefined;
}

interface Row {
  id: string;
  name: string;
  status: EnvironmentStatus;
  health: HealthState;
  healthMessage: string;
  projectId: string;
  projectSlug: string;
  projectName: string;
  ownerId: string;
  ownerName: string;
  templateName: string;
  templateTitle: string;
  templateIcon: string;
  version: string;
  clouds: string[] | null;
  url: string | null;
  leaseEndsAt: Date | null;
  createdAt: Date;
  monthly: string | null;
  currency: string;
  failedChange: EnvironmentSummary["failedChange"];
  sortKey: string;
}

/** Per sort: the expression, its type (the cursor carries it as text) and the direction. */
const sorts = {
  created: { order: "e.created_at", type: "timestamptz", down: true },
  name: { order: "e.name", type: "text", down: false },
  cost: { order: "coalesce(e.monthly_cost, 0)", type: "numeric", down: true },
  lease: { order: "coalesce(e.lease_ends_at, 'infinity')", type: "timestamptz", down: false },
} as const;

/** Environments the actor may see, keyset-paged. */
export async function listEnvironments(
  actor: Actor,
  filter: EnvironmentFilter,
): Promise<Page<EnvironmentSummary>> {
  const sort = filter.sort ?? "created";
  const { order, type } = sorts[sort];
  const down = filter.direction ? filter.direction === "desc" : sorts[sort].down;
  const cursor = decodeCursor(filter.cursor, z.object({ key: sortKeys[type], id: z.string() }));
  const { where, values } = conditions(actor, filter);
  if (cursor) {
    values.push(cursor.key, cursor.id);
    where.push(`(${order}, e.id) ${down ? "<" : ">"} ($${values.length - 1}::${type}, $${values.length})`);
  }
  const limit = Math.trunc(filter.limit) + 1;
  const direction = down ? "DESC" : "ASC";
  // The page is cut before anything is joined: only its rows are looked up. In steps, so that PostgreSQL need not look
  // for an order of all these tables together, which takes it longer than reading them.
  const rows = await query<Row>(
    `WITH page AS (
       SELECT e.id, ${order} AS sort_value FROM environment e
       ${where.length > 0 ? `WHERE ${where.join(" AND ")}` : ""}
       ORDER BY ${order} ${direction}, e.id ${direction} LIMIT ${limit}),
     own AS MATERIALIZED (SELECT e.*, page.sort_value FROM page JOIN environment e ON e.id = page.id)
     SELECT e.id, e.name, e.status::text AS status, e.health::text AS health, e.health_message AS "healthMessage",
       p.id AS "projectId", p.slug AS "projectSlug", p.name AS "projectName",
       e.owner_id AS "ownerId", coalesce(u.name, 'System') AS "ownerName",
       t.name AS "templateName", t.title AS "templateTitle", t.icon AS "templateIcon", v.version,
       r.clouds, r.url, e.lease_ends_at AS "leaseEndsAt", e.created_at AS "createdAt",
       trim_scale(e.monthly_cost)::text AS monthly, e.currency,
       (SELECT json_build_object('runId', x.id, 'kind', x.kind, 'status', x.status) FROM run x
         WHERE x.id = e.failed_run_id) AS "failedChange",
       e.sort_value::text AS "sortKey"
     FROM own e JOIN project p ON p.id = e.project_id
     JOIN template_version v ON v.id = e.template_version_id
     JOIN template t ON t.id = v.template_id
     LEFT JOIN app_user u ON u.id = e.owner_id
     LEFT JOIN LATERAL (
       SELECT array_agg(DISTINCT coalesce(c.title, x.cloud_id)) AS clouds,
         (array_agg(x.address->>'url' ORDER BY x.created_at DESC) FILTER (WHERE x.address->>'url' IS NOT NULL))[1] AS url
       FROM resource x LEFT JOIN cloud c ON c.id = x.cloud_id WHERE x.environment_id = e.id) r ON true
     ORDER BY e.sort_value ${direction}, e.id ${direction}`,
    values,
    { prepared: true },
  );
  return toPage(rows, filter.limit, (row) => ({ key: row.sortKey, id: row.id }), toSummary);
}

function conditions(actor: Actor, filter: EnvironmentFilter): { where: string[]; values: unknown[] } {
  const values: unknown[] = [];
  const where: string[] = [];
  const add = (condition: (parameter: string) => string, value: unknown) => {
    values.push(value);
    where.push(condition(`$${values.length}`));
  };
  const visible = visibleProjects(actor, "environment.read");
  if (visible !== "all") add((p) => `e.project_id = ANY(${p})`, [...visible]);
  if (!filter.all && filter.status !== "destroyed") where.push("e.destroyed_at IS NULL");
  if (filter.q) add((p) => `e.name LIKE ${p}`, `%${likeText(filter.q.toLowerCase())}%`);
  if (filter.status) add((p) => `e.status = ${p}::environment_status`, filter.status);
  if (filter.health) add((p) => `e.health = ${p}::health_state`, filter.health);
  if (filter.project) {
    add((p) => `e.project_id IN (SELECT id FROM project WHERE id = ${p} OR slug = ${p})`, filter.project);
  }
  if (filter.template) {
    add(
      (p) => `e.template_version_id IN (
        SELECT v.id FROM template_version v JOIN template t ON t.id = v.template_id WHERE t.name = ${p})`,
      filter.template,
    );
  }
  if (filter.unowned) {
    where.push(
      `EXISTS (SELECT 1 FROM (SELECT 1) x LEFT JOIN app_user u ON u.id = e.owner_id WHERE ${unownedCondition})`,
    );
  }
  if (filter.owner) add((p) => `e.owner_id = ${p}`, filter.owner);
  if (filter.mine) add((p) => `e.owner_id = ${p}`, actor.userId);
  return { where, values };
}

function toSummary(row: Row): EnvironmentSummary {
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    health: row.health,
    healthMessage: row.healthMessage,
    project: { id: row.projectId, slug: row.projectSlug, name: row.projectName },
    owner: { id: row.ownerId, name: row.ownerName },
    template: {
      name: row.templateName,
      title: row.templateTitle,
      version: row.version,
      icon: row.templateIcon,
    },
    clouds: row.clouds ?? [],
    url: row.url,
    leaseEndsAt: row.leaseEndsAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    cost: { monthly: row.monthly, currency: row.currency },
    failedChange: row.failedChange,
  };
}
