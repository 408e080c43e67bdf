import { type Expression, expressionBuilder, sql } from "kysely";
import { jsonBuildObject } from "kysely/helpers/postgres";
import { environmentRows } from "@/lib/features/environments/joins";
import { type Db, getPrisma, pooled, rowOf, rowsOf, statements, type Tx } from "@/lib/platform/db";
import type { ProjectDto, ProjectFilter, ProjectUpdate } from "./schema";

/** A project as every reader sees it. */
export type StoredProject = Omit<ProjectDto, "myRole">;

/** Ids of the projects a reader may see. */
export type Visible = readonly string[] | "all";

function countMembers(projectId: Expression<string>) {
  return statements
    .selectFrom("project_member")
    .select((eb) => eb.cast<number>(eb.fn.countAll(), "integer").as("count"))
    .where("project_member.project_id", "=", projectId)
    .$asScalar()
    .$notNull();
}

function countLiving(projectId: Expression<string>) {
  return statements
    .selectFrom(environmentRows.as("environment"))
    .select((eb) => eb.cast<number>(eb.fn.countAll(), "integer").as("count"))
    .where("environment.project_id", "=", projectId)
    .where("environment.destroyed_at", "is", null)
    .$asScalar()
    .$notNull();
}

const projects = statements
  .selectFrom("project as p")
  .innerJoin("cost_center as c", "c.id", "p.cost_center_id")
  .select((eb) => [
    "p.id",
    "p.slug",
    "p.name",
    "p.description",
    "p.currency",
    "p.is_demo as isDemo",
    jsonBuildObject({ id: eb.ref("c.id"), code: eb.ref("c.code"), name: eb.ref("c.name") }).as("costCenter"),
    eb.fn<string | null>("trim_scale", ["p.approval_limit"]).as("approvalLimit"),
    eb.fn<string | null>("trim_scale", ["p.budget_monthly"]).as("budgetMonthly"),
    eb.cast<number | null>("p.quota_cpu", "float8").as("quotaCpu"),
    "p.quota_memory_bytes as quotaMemoryBytes",
    "p.quota_storage_bytes as quotaStorageBytes",
    "p.quota_environments as quotaEnvironments",
    "p.max_lease_days as maxLeaseDays",
    eb("p.archived_at", "is not", null).$castTo<boolean>().as("archived"),
    "p.created_at as createdAt",
    countMembers(eb.ref("p.id")).as("members"),
    countLiving(eb.ref("p.id")).as("environments"),
  ]);

const column = expressionBuilder(projects);
/** Per sort: the expression, its type (the cursor carries it as text) and the direction. */
const sorts = {
  name: { order: column.ref("p.name"), type: "text", down: false },
  budget: { order: column.fn.coalesce("p.budget_monthly", sql<string>`-1`), type: "numeric", down: true },
  environments: { order: countLiving(column.ref("p.id")), type: "bigint", down: true },
} as const;

interface ListedProjects extends Partial<ProjectFilter> {
  visible: Visible;
  after: { key: string; id: string } | null | undefined;
  limit: number;
}

/** Projects in the order of the filter's sort, by name without one, after the row of a cursor. */
export async function listStoredProjects(
  filter: ListedProjects,
): Promise<(StoredProject & { sortKey: string })[]> {
  const { visible, after, q, costCenter } = filter;
  const { order, type, down } = sorts[filter.sort ?? "name"];
  const descending = filter.direction ? filter.direction === "desc" : down;
  const way = descending ? "desc" : "asc";
  let listed = projects
    .select((eb) => eb.cast<string>(order, "text").as("sortKey"))
    .orderBy(order, way)
    .orderBy("p.id", way)
    .limit(filter.limit);
  if (visible !== "all") listed = listed.where((eb) => eb("p.id", "=", eb.fn.any(eb.val(visible))));
  if (after) {
    const key = sql`(${order}, p.id)`;
    const last = sql`(${after.key}::${sql.raw(type)}, ${after.id})`;
    listed = listed.where(descending ? sql<boolean>`${key} < ${last}` : sql<boolean>`${key} > ${last}`);
  }
  if (q) listed = listed.where(sql<boolean>`strpos(lower(p.name || ' ' || p.slug), lower(${q})) > 0`);
  if (!filter.archived) listed = listed.where("p.archived_at", "is", null);
  if (costCenter != null)
    listed = listed.where((eb) => eb.or([eb("c.id", "=", costCenter), eb("c.code", "=", costCenter)]));
  return (await rowsOf(listed)).map(({ sortKey, ...row }) => ({ ...toProject(row), sortKey }));
}

/** Names of projects that are not archived, 200 at most. */
export async function listNames(visible: Visible): Promise<{ id: string; slug: string; name: string }[]> {
  return await getPrisma().project.findMany({
    where: { archivedAt: null, ...(visible !== "all" && { id: { in: [...visible] } }) },
    select: { id: true, slug: true, name: true },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: 200,
  });
}

/** A project by id or slug. */
export async function findProject(idOrSlug: string): Promise<StoredProject | null> {
  const row = await rowOf(
    projects.where((eb) => eb.or([eb("p.id", "=", idOrSlug), eb("p.slug", "=", idOrSlug)])),
  );
  return row && toProject(row);
}

/** The id of a project by id or slug. */
export async function findProjectId(idOrSlug: string): Promise<string | null> {
  const row = await getPrisma().project.findFirst({
    where: { OR: [{ id: idOrSlug }, { slug: idOrSlug }] },
    select: { id: true },
  });
  return row?.id ?? null;
}

/** The id of a project that is not archived, by id or slug. */
export async function findOpenProjectId(idOrSlug: string): Promise<string | null> {
  const row = await getPrisma().project.findFirst({
    where: { OR: [{ id: idOrSlug }, { slug: idOrSlug }], archivedAt: null },
    select: { id: true },
  });
  return row?.id ?? null;
}

/** Projects that are not archived by name, 200 at most, as a filter offers them. */
export async function listProjectFacets(visible: Visible): Promise<{ value: string; label: string }[]> {
  return (await listNames(visible)).map(({ slug, name }) => ({ value: slug, label: name }));
}

/** Who pays for a project, and its monthly budget as a decimal text. */
export async function findBudget(
  projectId: string,
): Promise<{ code: string; costCenter: string; budget: string | null } | null> {
  const select = { budgetMonthly: true, costCenter: { select: { code: true, name: true } } } as const;
  const row = await getPrisma().project.findUnique({ where: { id: projectId }, select });
  if (!row) return null;
  const { code, name } = row.costCenter;
  return { code, costCenter: name, budget: row.budgetMonthly?.toFixed() ?? null };
}

interface Row extends Omit<StoredProject, "createdAt" | "quotaMemoryBytes" | "quotaStorageBytes"> {
  createdAt: Date;
  quotaMemoryBytes: bigint | null;
  quotaStorageBytes: bigint | null;
}

function toProject(row: Row): StoredProject {
  return {
    ...row,
    quotaMemoryBytes: row.quotaMemoryBytes === null ? null : Number(row.quotaMemoryBytes),
    quotaStorageBytes: row.quotaStorageBytes === null ? null : Number(row.quotaStorageBytes),
    createdAt: row.createdAt.toISOString(),
  };
}

/** Locks a project until the transaction ends: before its environments and requests. */
export async function lockProject(tx: Tx, id: string): Promise<void> {
  await rowOf(statements.selectFrom("project").select("id").where("id", "=", id).forNoKeyUpdate(), tx);
}

/** How many environments of a project are not destroyed. */
export async function countLivingEnvironments(projectId: string, db: Db = pooled): Promise<number> {
  const living = statements
    .selectFrom(environmentRows.as("e"))
    .select((eb) => eb.cast<number>(eb.fn.countAll(), "integer").as("count"))
    .where("e.project_id", "=", projectId)
    .where("e.destroyed_at", "is", null);
  return (await rowOf(living, db))?.count ?? 0;
}

type Limits = Omit<ProjectUpdate, "costCenter" | "archived"> & { currency?: string };

/** A new project. Throws when the slug is taken. */
export async function insertProject(
  tx: Tx,
  project: Limits & { id: string; slug: string; name: string; costCenterId: string },
): Promise<void> {
  const { id, slug, name, costCenterId, ...limits } = project;
  await tx.prisma.project.create({ data: { ...toColumns(limits), id, slug, name, costCenterId } });
}

/** Changes what is given of a project; what is left out stays as it is. */
export async function changeProject(
  tx: Tx,
  id: string,
  { costCenterId, archivedAt, ...limits }: Limits & { costCenterId?: string; archivedAt?: Date | null },
): Promise<void> {
  await tx.prisma.project.update({
    where: { id },
    data: {
      ...toColumns(limits),
      ...(costCenterId !== undefined && { costCenterId }),
      ...(archivedAt !== undefined && { archivedAt }),
    },
  });
}

function toColumns(values: Limits) {
  const { quotaMemoryBytes: memory, quotaStorageBytes: storage, ...rest } = values;
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(given) as Omit<Limits, "quotaMemoryBytes" | "quotaStorageBytes">),
    ...(memory !== undefined && { quotaMemoryBytes: memory === null ? null : BigInt(memory) }),
    ...(storage !== undefined && { quotaStorageBytes: storage === null ? null : BigInt(storage) }),
  };
}
