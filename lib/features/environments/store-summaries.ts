import { type RawBuilder, type SqlBool, sql } from "kysely";
import { jsonBuildObject } from "kysely/helpers/postgres";
import { runRows } from "@/lib/engine/run/postgres/joins";
import { templateRows, versionRows } from "@/lib/features/catalog/joins";
import { cloudRows } from "@/lib/features/clouds/joins";
import { projectRows } from "@/lib/features/projects/joins";
import { userRows } from "@/lib/features/users/joins";
import { anyOf, compiledOnce, likeText, rowOf, rowsOf, statements } from "@/lib/platform/db";
import type { EnvironmentStatus, EnvironmentSummary, HealthState } from "./schema";
import { isUnowned } from "./store-unowned";

/** Per sort: the expression, its type (the cursor carries it as text) and the direction. */
export const sorts = {
  created: { order: sql`e.created_at`, type: "timestamptz", down: true },
  name: { order: sql`e.name`, type: "text", down: false },
  cost: { order: sql`coalesce(e.monthly_cost, 0)`, type: "numeric", down: true },
  lease: { order: sql`coalesce(e.lease_ends_at, 'infinity')`, type: "timestamptz", down: false },
} as const;

/** Which environments; what is left out restricts nothing. */
export interface SummaryFilter {
  /** Ids of projects. */
  visible: "all" | readonly string[];
  q?: string | undefined;
  status?: EnvironmentStatus | undefined;
  health?: HealthState | undefined;
  /** Id or slug. */
  project?: string | undefined;
  template?: string | undefined;
  unowned?: boolean | undefined;
  /** Ids of owners, each of which it has to be; no environment is owned by null. */
  owners: readonly (string | null)[];
  /** Also destroyed ones. */
  destroyed: boolean;
}

export interface SummaryPage {
  sort: keyof typeof sorts;
  down: boolean;
  after: { key: string; id: string } | undefined;
  limit: number;
}

/** One of a page, and what a cursor says of it. */
export interface SortedSummary {
  summary: EnvironmentSummary;
  sortKey: string;
}

/** A page of environments. */
export async function listSummaries(filter: SummaryFilter, page: SummaryPage): Promise<SortedSummary[]> {
  const { sort, down, limit, after } = page;
  const values = valuesOf(filter, after);
  const { destroyed, unowned = false } = filter;
  const rows = await rowsOf(listing(values, { sort, down, limit, destroyed, unowned }));
  return rows.map(({ sortKey, ...row }) => ({ sortKey, summary: toSummary(row) }));
}

/** How many environments a list of these would show; at most as many as are asked for. */
export async function countSummaries(filter: SummaryFilter, most: number): Promise<number> {
  const { destroyed, unowned = false } = filter;
  const row = await rowOf(counting(valuesOf(filter), { destroyed, unowned, most }));
  return row?.count ?? 0;
}

/** The values of a list that are asked for. */
interface ListValues extends Record<string, unknown> {
  visible?: readonly string[];
  like?: string;
  status?: EnvironmentStatus;
  health?: HealthState;
  project?: string;
  template?: string;
  firstOwner?: string | null;
  secondOwner?: string | null;
  afterKey?: string;
  afterId?: string;
}

/** What else the text of its conditions depends on. */
type ConditionShape = { destroyed: boolean; unowned: boolean };
type ListShape = Pick<SummaryPage, "sort" | "down" | "limit"> & ConditionShape;

function valuesOf(filter: SummaryFilter, after?: SummaryPage["after"]): ListValues {
  const { visible, q, status, health, project, template, owners } = filter;
  const [firstOwner, secondOwner] = owners;
  return {
    ...(visible !== "all" && { visible }),
    ...(q && { like: `%${likeText(q.toLowerCase())}%` }),
    ...(status && { status }),
    ...(health && { health }),
    ...(project && { project }),
    ...(template && { template }),
    ...(firstOwner !== undefined && { firstOwner }),
    ...(secondOwner !== undefined && { secondOwner }),
    ...(after && { afterKey: after.key, afterId: after.id }),
  };
}

/**
 * The list is cut before anything is joined: only its rows are looked up. In steps, so that PostgreSQL need not look for an
 * order of all these tables together, which takes it longer than reading them.
 */
const listing = compiledOnce((values: ListValues, shape: ListShape) => {
  const { sort, down, limit } = shape;
  const { order } = sorts[sort];
  const direction = down ? "desc" : "asc";
  return statements
    .with("page", () =>
      pageOf(values, shape)
        .select(["e.id", order.as("sort_value")])
        .orderBy(order, direction)
        .orderBy("e.id", direction)
        // Written out, since the plan depends on it.
        .limit(sql.lit(limit)),
    )
    .with(
      (cte) => cte("own").materialized(),
      (db) =>
        db
          .selectFrom("page")
          .innerJoin("environment as e", "e.id", "page.id")
          .selectAll("e")
          .select("page.sort_value"),
    )
    .selectFrom("own as e")
    .innerJoin(projectRows.as("p"), "p.id", "e.project_id")
    .innerJoin(versionRows.as("v"), "v.id", "e.template_version_id")
    .innerJoin(templateRows.as("t"), "t.id", "v.template_id")
    .leftJoin(userRows.as("u"), "u.id", "e.owner_id")
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom("resource as x")
          .leftJoin(cloudRows.as("c"), "c.id", "x.cloud_id")
          .select([
            sql<string[] | null>`array_agg(distinct coalesce(c.title, x.cloud_id))`.as("clouds"),
            sql<string | null>`(array_agg(x.address->>'url' order by x.created_at desc)
            filter (where x.address->>'url' is not null))[1]`.as("url"),
          ])
          .whereRef("x.environment_id", "=", "e.id")
          .as("r"),
      (join) => join.onTrue(),
    )
    .select(["e.id", "e.name", "e.status", "e.health", "e.health_message as healthMessage"])
    .select(["p.id as projectId", "p.slug as projectSlug", "p.name as projectName", "e.owner_id as ownerId"])
    .select(["t.name as templateName", "t.title as templateTitle", "t.icon as templateIcon", "v.version"])
    .select([
      "r.clouds",
      "r.url",
      "e.lease_ends_at as leaseEndsAt",
      "e.created_at as createdAt",
      "e.currency",
    ])
    .select((eb) => [
      eb.fn.coalesce("u.name", sql.lit("System")).as("ownerName"),
      sql<string | null>`trim_scale(e.monthly_cost)`.as("monthly"),
      eb
        .selectFrom(runRows.as("x"))
        .select((run) =>
          jsonBuildObject({
            runId: run.ref("x.id"),
            kind: run.ref("x.kind"),
            status: run.ref("x.status"),
          }).as("change"),
        )
        .whereRef("x.id", "=", "e.failed_run_id")
        .$castTo<{ change: EnvironmentSummary["failedChange"] }>()
        .as("failedChange"),
      eb.cast<string>("e.sort_value", "text").as("sortKey"),
    ])
    .orderBy("e.sort_value", direction)
    .orderBy("e.id", direction);
});

const counting = compiledOnce((values: ListValues, shape: ConditionShape & { most: number }) =>
  statements
    .selectFrom(chosen(values, shape).select("e.id").limit(sql.lit(shape.most)).as("some"))
    .select(sql<number>`count(*)::int`.as("count")),
);

/** Those that are chosen, from the cursor on. */
function pageOf(values: ListValues, shape: ListShape) {
  const { order, type } = sorts[shape.sort];
  const list = chosen(values, shape);
  if (values.afterKey === undefined) return list;
  const bound = sql`(${values.afterKey}::${sql.raw(type)}, ${values.afterId})`;
  return list.where(sql<SqlBool>`(${order}, e.id) ${sql.raw(shape.down ? "<" : ">")} ${bound}`);
}

function chosen(values: ListValues, { destroyed, unowned }: ConditionShape) {
  const { visible, like, status, health, project, template, firstOwner, secondOwner } = values;
  let list = statements.selectFrom("environment as e");
  if (visible) list = list.where("e.project_id", "=", anyOf(visible));
  if (!destroyed) list = list.where("e.destroyed_at", "is", null);
  if (like) list = list.where("e.name", "like", like);
  if (status) list = list.where("e.status", "=", status);
  if (health) list = list.where("e.health", "=", health);
  if (project) {
    list = list.where("e.project_id", "in", (eb) =>
      eb
        .selectFrom(projectRows.as("project"))
        .select("id")
        .where((own) => own.or([own("id", "=", project), own("slug", "=", project)])),
    );
  }
  if (template) {
    list = list.where("e.template_version_id", "in", (eb) =>
      eb
        .selectFrom(versionRows.as("v"))
        .innerJoin(templateRows.as("t"), "t.id", "v.template_id")
        .select("v.id")
        .where("t.name", "=", template),
    );
  }
  if (unowned) list = list.where(hasNoOwner);
  for (const owner of [firstOwner, secondOwner])
    if (owner !== undefined) list = list.where("e.owner_id", "=", sql<string>`${owner}`);
  return list;
}

/** The condition expects the owner to be left-joined as `u`. */
const hasNoOwner: RawBuilder<SqlBool> = sql`exists (
  select 1 from (select 1) x left join ${userRows.as("u")} on u.id = e.owner_id where ${isUnowned})`;

interface SummaryRow {
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
}

function toSummary(row: SummaryRow): EnvironmentSummary {
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
