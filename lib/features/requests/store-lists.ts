import {
  type Expression,
  expressionBuilder,
  type RawBuilder,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from "kysely";
import type { Request } from "@/gen/kysely/types";
import { templateRows, versionRows } from "@/lib/features/catalog/joins";
import { environmentRows } from "@/lib/features/environments/joins";
import { projectRows } from "@/lib/features/projects/joins";
import { userRows } from "@/lib/features/users/joins";
import { anyOf, likeText, rowOf, rowsOf, statements } from "@/lib/platform/db";
import type { RequestKind, RequestSort, RequestStatus } from "./schema";

/** What a list of requests is narrowed to; undefined narrows nothing. */
export interface RequestConditions {
  /** Projects whose requests may be seen. */
  visible: readonly string[] | "all";
  /** Part of the environment's name or of the reason. */
  words: string | undefined;
  status: RequestStatus | undefined;
  kind: RequestKind | undefined;
  origin: "user" | "system" | undefined;
  /** ID or slug. */
  project: string | undefined;
  environment: string | undefined;
  requesterId: string | null | undefined;
  /** Pending ones of others, in these projects. */
  decidable: { userId: string | null; projects: readonly string[] | "all" } | undefined;
}

export interface RequestOrder {
  sort: RequestSort;
  down: boolean;
  /** After this one. */
  cursor: { key: string; id: string } | null;
  limit: number;
}

/** Per sort: the expression, and its type (the cursor carries it as text). */
const sorts: Record<RequestSort, { order: RawBuilder<unknown>; type: RawBuilder<unknown> }> = {
  created: { order: sql`q.created_at`, type: sql`timestamptz` },
  name: { order: sql`e.name`, type: sql`text` },
  cost: { order: sql`coalesce((l.cost->>'monthly')::numeric, -1)`, type: sql`numeric` },
};

interface Paged {
  id: string;
  sort_value: unknown;
  sort_key: string;
}

/**
 * Requests by id with what they are about. In two halves, each of few tables: PostgreSQL spends more time on finding an
 * order for nine tables than on reading them.
 */
function detailOf<D, T extends keyof D>(page: SelectQueryBuilder<D, T, Paged>) {
  return statements
    .with("page", () => page)
    .with(
      (cte) => cte("about").materialized(),
      (db) =>
        db
          .selectFrom("page")
          .innerJoin("request as q", "q.id", "page.id")
          .innerJoin(environmentRows.as("e"), "e.id", "q.environment_id")
          .innerJoin(projectRows.as("p"), "p.id", "q.project_id")
          .leftJoin("plan as l", "l.id", "q.plan_id")
          .selectAll("q")
          .select(["page.sort_key", "page.sort_value", "e.name as environment_name", "e.generation"])
          .select(["p.slug as project_slug", "p.name as project_name"])
          .select((eb) => [
            eb.fn.coalesce("l.template_version_id", "e.template_version_id").as("version_id"),
            sql<string | null>`l.cost->>'monthly'`.as("monthly"),
            sql<string>`coalesce(l.cost->>'currency', e.currency)`.as("currency"),
          ]),
    )
    .selectFrom("about as q")
    .innerJoin(versionRows.as("v"), "v.id", "q.version_id")
    .innerJoin(templateRows.as("t"), "t.id", "v.template_id")
    .leftJoin(userRows.as("u"), "u.id", "q.requester_id")
    .select([
      "q.sort_key as sortKey",
      "q.id",
      "q.kind",
      "q.origin",
      "q.status",
      "q.environment_id as environmentId",
      "q.environment_name as environmentName",
      "q.generation",
      "q.project_id as projectId",
      "q.project_slug as projectSlug",
      "q.project_name as projectName",
      "q.requester_id as requesterId",
      "u.name as requesterName",
      "t.name as templateName",
      "t.title as templateTitle",
      "v.version",
      "q.reason",
      "q.message",
      "q.plan_id as planId",
      "q.monthly",
      "q.currency",
      "q.run_id as runId",
      "q.created_at as createdAt",
      "q.decided_at as decidedAt",
      "q.finished_at as finishedAt",
      "q.expires_at as expiresAt",
    ]);
}

export type RequestRow = Awaited<ReturnType<typeof listRequestRows>>[number];

/** One request with what it is about. */
export async function findRequestRow(requestId: string): Promise<RequestRow | null> {
  const page = statements
    .selectFrom("request as q")
    .select(["q.id", sql`0`.as("sort_value"), sql<string>`''`.as("sort_key")])
    .where("q.id", "=", requestId);
  return await rowOf(detailOf(page));
}

/** A page of requests. It is cut before anything is joined that its order does not need: only its rows are looked up. */
export async function listRequestRows(
  conditions: RequestConditions,
  { sort, down, cursor, limit }: RequestOrder,
) {
  const { order, type } = sorts[sort];
  const direction = down ? "desc" : "asc";
  const than = down ? sql`<` : sql`>`;
  const page = statements
    .selectFrom("request as q")
    .$if(sort === "name", (query) => query.innerJoin(environmentRows.as("e"), "e.id", "q.environment_id"))
    .$if(sort === "cost", (query) => query.leftJoin("plan as l", "l.id", "q.plan_id"))
    .select(["q.id", order.as("sort_value"), sql<string>`(${order})::text`.as("sort_key")])
    .where((eb) => eb.and(wanted(conditions)))
    .$if(cursor !== null, (query) =>
      query.where(sql<boolean>`(${order}, q.id) ${than} (${cursor?.key}::${type}, ${cursor?.id})`),
    )
    .orderBy(order, direction)
    .orderBy("q.id", direction)
    .limit(limit);
  return await rowsOf(detailOf(page).orderBy("q.sort_value", direction).orderBy("q.id", direction));
}

/** How many requests a list of these would show; at most as many as are asked for. */
export async function countRequestRows(conditions: RequestConditions, most: number): Promise<number> {
  const some = statements
    .selectFrom("request as q")
    .select("q.id")
    .where((eb) => eb.and(wanted(conditions)))
    // In the order of an index, which ends after as many; without, PostgreSQL begins to read the table.
    .orderBy("q.created_at", "desc")
    .orderBy("q.id", "desc")
    .limit(most)
    .as("some");
  const row = await rowOf(statements.selectFrom(some).select(sql<number>`count(*)::int`.as("count")));
  return row?.count ?? 0;
}

/** The conditions of the request `q`. */
function wanted(conditions: RequestConditions): Expression<SqlBool>[] {
  const { visible, words, status, kind, origin, project, environment, requesterId, decidable } = conditions;
  const eb = expressionBuilder<{ q: Request }, "q">();
  const pending = eb("q.status", "=", "pending_approval");
  return [
    ...(visible === "all" ? [] : [eb("q.project_id", "=", anyOf(visible))]),
    ...(words ? [withWords(words, visible)] : []),
    ...(status ? [eb("q.status", "=", status)] : []),
    ...(kind ? [eb("q.kind", "=", kind)] : []),
    ...(origin ? [eb("q.origin", "=", origin)] : []),
    ...(project ? [eb("q.project_id", "in", projectsCalled(project))] : []),
    ...(environment ? [eb("q.environment_id", "=", environment)] : []),
    ...(requesterId === undefined ? [] : [eb("q.requester_id", "=", requesterId)]),
    ...(decidable ? [pending, eb("q.requester_id", "is distinct from", decidable.userId)] : []),
    ...(decidable && decidable.projects !== "all"
      ? [eb("q.project_id", "=", anyOf(decidable.projects))]
      : []),
  ];
}

const projectsCalled = (project: string) =>
  statements
    .selectFrom(projectRows.as("project"))
    .select("id")
    .where((eb) => eb.or([eb("id", "=", project), eb("slug", "=", project)]));

/** Texts are compared last, and only those that may be seen. Names are in small letters (DNS labels). */
function withWords(words: string, visible: RequestConditions["visible"]): Expression<SqlBool> {
  const like = `%${likeText(words)}%`;
  const within = visible === "all" ? sql`true` : sql`q.project_id = ${anyOf(visible)}`;
  const inVisible = visible === "all" ? sql<SqlBool>`true` : sql<SqlBool>`project_id = ${anyOf(visible)}`;
  const named = statements
    .selectFrom(environmentRows.as("environment"))
    .select("id")
    .where(inVisible)
    .where(sql<SqlBool>`name like lower(${like})`);
  return sql<SqlBool>`case when ${within} then
    q.environment_id in (${named}) or q.reason ilike ${like}
    else false end`;
}
