import { expressionBuilder, type RawBuilder, sql } from "kysely";
import { runRows, stepRows } from "@/lib/engine/run/postgres/joins";
import { environmentRows } from "@/lib/features/environments/joins";
import { projectRows } from "@/lib/features/projects/joins";
import type { RequestKind } from "@/lib/features/requests/schema";
import { anyOf, rowOf, rowsOf, statements } from "@/lib/platform/db";
import type { RunSort, RunSummary } from "./schema";

/** What a list of runs is narrowed to; undefined narrows nothing. */
export interface RunConditions {
  /** Projects whose runs may be seen. */
  visible: readonly string[] | "all";
  environment: string | undefined;
  status: RunSummary["status"] | undefined;
  kind: RequestKind | undefined;
  /** Part of the environment's name. */
  words: string | undefined;
  /** Created at this time or later. */
  since: Date | undefined;
}

export interface RunOrder {
  sort: RunSort;
  down: boolean;
  /** After this one. */
  cursor: { key: string; id: string } | null;
  limit: number;
}

/** Per sort: the expression, and its type (the cursor carries it as text). */
const sorts: Record<RunSort, { order: RawBuilder<unknown>; type: RawBuilder<unknown> }> = {
  created: { order: sql`u.created_at`, type: sql`timestamptz` },
  name: { order: sql`e.name`, type: sql`text` },
  // One that has not ended has taken no time yet: what it took so far would move while someone pages.
  took: { order: sql`coalesce(extract(epoch from u.finished_at - u.started_at), 0)`, type: sql`numeric` },
};

const joined = statements
  .selectFrom(runRows.as("u"))
  .innerJoin(environmentRows.as("e"), "e.id", "u.environment_id");

const column = expressionBuilder(joined);

/** What a list of runs shows, wherever it begins. */
const narrowed = ({ visible, environment, status, kind, words, since }: RunConditions) =>
  column.and([
    ...(visible === "all" ? [] : [column("e.project_id", "=", anyOf(visible))]),
    ...(environment ? [column("u.environment_id", "=", environment)] : []),
    ...(status ? [column("u.status", "=", status)] : []),
    ...(kind ? [column("u.kind", "=", kind)] : []),
    ...(words ? [column("u.environment_id", "in", environmentsNamed(words))] : []),
    ...(since ? [column("u.created_at", ">=", since)] : []),
  ]);

/** A page of runs with their environments and how many of their steps are done. Steps are counted for its rows only. */
export async function listRunRows(conditions: RunConditions, { sort, down, cursor, limit }: RunOrder) {
  const { order, type } = sorts[sort];
  const direction = down ? "desc" : "asc";
  const than = down ? sql`<` : sql`>`;
  const page = joined
    .selectAll("u")
    .select(["e.name as environment_name", "e.project_id", order.as("sort_value")])
    .where((eb) =>
      eb.and([
        narrowed(conditions),
        ...(cursor ? [sql<boolean>`(${order}, u.id) ${than} (${cursor.key}::${type}, ${cursor.id})`] : []),
      ]),
    )
    .orderBy(order, direction)
    .orderBy("u.id", direction)
    .limit(limit);
  const runs = statements
    .with("page", () => page)
    .selectFrom("page as u")
    .innerJoin(projectRows.as("p"), "p.id", "u.project_id")
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom(stepRows.as("step"))
          .select([
            sql<number>`count(*)::int`.as("total"),
            sql<number>`count(*) filter (where status in ('succeeded', 'skipped'))::int`.as("finished"),
          ])
          .whereRef("run_id", "=", "u.id")
          .as("s"),
      (join) => join.onTrue(),
    )
    .select(["u.id", "u.kind", "u.status", "u.environment_id as environmentId"])
    .select(["u.environment_name as environmentName", "p.id as projectId", "p.name as projectName"])
    .select(["u.request_id as requestId", "s.total", "s.finished", "u.created_at as createdAt"])
    .select(["u.started_at as startedAt", "u.finished_at as finishedAt"])
    .select(sql<string>`u.sort_value::text`.as("sortKey"))
    .orderBy("u.sort_value", direction)
    .orderBy("u.id", direction);
  return await rowsOf(runs);
}

/** How many runs a list of these would show; at most as many as are asked for. */
export async function countRuns(conditions: RunConditions, most: number): Promise<number> {
  const some = joined.select("u.id").where(narrowed(conditions)).limit(most).as("some");
  const row = await rowOf(statements.selectFrom(some).select(sql<number>`count(*)::int`.as("count")));
  return row?.count ?? 0;
}

export type RunListRow = Awaited<ReturnType<typeof listRunRows>>[number];

const environmentsNamed = (words: string) =>
  statements
    .selectFrom(environmentRows.as("environment"))
    .select("id")
    .where(sql<boolean>`strpos(name, lower(${words})) > 0`);
