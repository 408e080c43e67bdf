import { z } from "zod";
import { notFound } from "@/lib/kernel/errors";
import { type Actor, requirePermission, visibleProjects } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { decodeCursor, type Page, type PageQuery, toPage } from "@/lib/platform/http";
import type { CostCenterDto, MemberDto, ProjectDto, ProjectFilter } from "./schema";

interface Row extends Omit<ProjectDto, "createdAt" | "myRole" | "quotaMemoryBytes" | "quotaStorageBytes"> {
  createdAt: Date;
  quotaMemoryBytes: bigint | null;
  quotaStorageBytes: bigint | null;
}

const columns = `p.id, p.slug, p.name, p.description, p.currency, p.is_demo AS "isDemo",
  jsonb_build_object('id', c.id, 'code', c.code, 'name', c.name) AS "costCenter",
  trim_scale(p.approval_limit)::text AS "approvalLimit", trim_scale(p.budget_monthly)::text AS "budgetMonthly",
  p.quota_cpu::float8 AS "quotaCpu", p.quota_memory_bytes AS "quotaMemoryBytes",
  p.quota_storage_bytes AS "quotaStorageBytes", p.quota_environments AS "quotaEnvironments",
  p.max_lease_days AS "maxLeaseDays", p.archived_at IS NOT NULL AS archived, p.created_at AS "createdAt",
  (SELECT count(*)::int FROM project_member m WHERE m.project_id = p.id) AS members,
  (SELECT count(*)::int FROM environment e WHERE e.project_id = p.id AND e.destroyed_at IS NULL) AS environments`;
const source = "project p JOIN cost_center c ON c.id = p.cost_center_id";

/** Per sort: the expression, its type (the cursor carries it as text) and the direction. Constants, never input. */
const sorts = {
  name: { order: "p.name", type: "text", down: false },
  budget: { order: "coalesce(p.budget_monthly, -1)", type: "numeric", down: true },
  environments: {
    order: "(SELECT count(*) FROM environment e WHERE e.project_id = p.id AND e.destroyed_at IS NULL)",
    type: "bigint",
    down: true,
  },
} as const;

/** The projects an actor may see, keyset-paged; by name unless asked otherwise. */
export async function listProjects(
  actor: Actor,
  filter: PageQuery & Partial<ProjectFilter>,
): Promise<Page<ProjectDto>> {
  const visible = visibleProjects(actor);
  const { order, type, down } = sorts[filter.sort ?? "name"];
  const descending = filter.direction ? filter.direction === "desc" : down;
  const way = descending ? "DESC" : "ASC";
  const after = decodeCursor(filter.cursor, z.object({ key: z.string(), id: z.string() }));
  const rows = await query<Row & { sortKey: string }>(
    `SELECT ${columns}, (${order})::text AS "sortKey" FROM ${source}
      WHERE ($1::text[] IS NULL OR p.id = ANY($1))
        AND ($2::text IS NULL OR (${order}, p.id) ${descending ? "<" : ">"} ($2::${type}, $3))
        AND ($4::text IS NULL OR strpos(lower(p.name || ' ' || p.slug), lower($4)) > 0)
        AND ($5 OR p.archived_at IS NULL) AND ($6::text IS NULL OR $6 IN (c.id, c.code))
      ORDER BY ${order} ${way}, p.id ${way} LIMIT $7`,
    [
      visible === "all" ? null : visible,
      after?.key ?? null,
      after?.id ?? "",
      filter.q || null,
      filter.archived ?? false,
      filter.costCenter ?? null,
      filter.limit + 1,
    ],
  );
  return toPage(
    rows,
    filter.limit,
    (row) => ({ key: row.sortKey, id: row.id }),
    ({ sortKey: _sortKey, ...row }) => toDto(row, actor),
  );
}

/** Names of the projects an actor may see, for choices: without what counting their contents costs. */
export async function listProjectNames(actor: Actor): Promise<{ id: string; slug: string; name: string }[]> {
  const visible = visibleProjects(actor);
  return await query(
    `SELECT id, slug, name FROM project WHERE archived_at IS NULL AND ($1::text[] IS NULL OR id = ANY($1))
     ORDER BY name, id LIMIT 200`,
    [visible === "all" ? null : visible],
    { name: "project_names" },
  );
}

/** A project by id or slug. @throws AppError `not_found` also for one the actor may not see */
export async function getProject(actor: Actor, idOrSlug: string): Promise<ProjectDto> {
  const sql = `SELECT ${columns} FROM ${source} WHERE p.id = $1 OR p.slug = $1`;
  const [row] = await query<Row>(sql, [idOrSlug]);
  if (!row) throw notFound("The project");
  requirePermission(actor, "project.read", { projectId: row.id, what: "The project", objectType: "project" });
  return toDto(row, actor);
}

/** The id of a project by id or slug, for people who may see it. @throws AppError `not_found` */
export async function resolveProjectId(actor: Actor, idOrSlug: string): Promise<string> {
  const sql = "SELECT id FROM project WHERE id = $1 OR slug = $1";
  const [row] = await query<{ id: string }>(sql, [idOrSlug]);
  if (!row) throw notFound("The project");
  requirePermission(actor, "project.read", {
    projectId: row.id,
    what: "The project",
    objectType: "project",
    objectId: row.id,
  });
  return row.id;
}

/** Who works in a project, by name. */
export async function listMembers(actor: Actor, idOrSlug: string): Promise<MemberDto[]> {
  const projectId = await resolveProjectId(actor, idOrSlug);
  const rows = await query<Omit<MemberDto, "since"> & { since: Date }>(
    `SELECT m.user_id AS "userId", u.name, u.email, m.role::text AS role, u.disabled_at IS NOT NULL AS disabled,
            m.created_at AS since
       FROM project_member m JOIN app_user u ON u.id = m.user_id
      WHERE m.project_id = $1 ORDER BY u.name, u.id LIMIT 1000`,
    [projectId],
  );
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
}

/** Cost centers by code: all for who manages them, else those of the actor's projects. */
export async function listCostCenters(actor: Actor): Promise<CostCenterDto[]> {
  const visible = visibleProjects(actor, "cost.read");
  const rows = await query<Omit<CostCenterDto, "createdAt"> & { createdAt: Date }>(
    `SELECT c.id, c.code, c.name, c.owner_id AS "ownerId", c.created_at AS "createdAt",
            (SELECT count(*)::int FROM project p WHERE p.cost_center_id = c.id) AS projects
       FROM cost_center c
      WHERE $1::text[] IS NULL OR EXISTS (SELECT 1 FROM project p WHERE p.cost_center_id = c.id AND p.id = ANY($1))
      ORDER BY c.code LIMIT 1000`,
    [visible === "all" ? null : visible],
  );
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
}

function toDto(row: Row, actor: Actor): ProjectDto {
  return {
    ...row,
    quotaMemoryBytes: row.quotaMemoryBytes === null ? null : Number(row.quotaMemoryBytes),
    quotaStorageBytes: row.quotaStorageBytes === null ? null : Number(row.quotaStorageBytes),
    myRole: actor.projects.get(row.id) ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
