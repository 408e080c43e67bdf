import { z } from "zod";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { decodeCursor, type Page, sortKeys, toPage } from "@/lib/platform/http/page";
import type { RunSort, RunSummary } from "./schema";

interface Row {
  id: string;
  kind: RunSummary["kind"];
  status: RunSummary["status"];
  environmentId: string;
  environmentName: string;
  projectId: string;
  projectName: string;
  requestId: string | null;
  total: number;
  finished: number;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  sortKey: string;
}

/** Per sort: the expression, its type (the cursor carries it as text) and its own direction. */
const sorts = {
  created: { order: "u.created_at", type: "timestamptz", down: true },
  name: { order: "e.name", type: "text", down: false },
  // One that has not ended has taken no time yet: what it took so far would move while somebody pages.
  took: {
    order: "coalesce(extract(epoch FROM u.finished_at - u.started_at), 0)",
    type: "numeric",
    down: true,
  },
} as const satisfies Record<RunSort, { order: string; type: string; down: boolean }>;

/** Runs the actor may see, keyset-paged. */
export async function listRuns(
  actor: Actor,
  filter: {
    environment?: string | undefined;
    status?: RunSummary["status"] | undefined;
    kind?: string | undefined;
    /** Words of the environment's name. */
    q?: string | undefined;
    /** By when it was asked for, unless said otherwise. */
    sort?: RunSort | undefined;
    /** Left out, each sort has its own: newest, A to Z, longest first. */
    direction?: "asc" | "desc" | undefined;
    limit: number;
    cursor?: string | undefined;
  },
): Promise<Page<RunSummary>> {
  const visible = visibleProjects(actor, "run.read");
  const { order, type, down: ownWay } = sorts[filter.sort ?? "created"];
  const down = filter.direction ? filter.direction === "desc" : ownWay;
  const direction = down ? "DESC" : "ASC";
  const cursor = decodeCursor(filter.cursor, z.object({ key: sortKeys[type], id: z.string() }));
  const rows = await query<Row>(
    `WITH page AS (
       SELECT u.*, e.name AS environment_name, e.project_id, ${order} AS sort_value FROM run u JOIN environment e ON e.id = u.environment_id
       WHERE ($1::text[] IS NULL OR e.project_id = ANY($1)) AND ($2::text IS NULL OR u.environment_id = $2)
         AND ($3::run_status IS NULL OR u.status = $3)
         AND ($4::${type} IS NULL OR (${order}, u.id) ${down ? "<" : ">"} ($4, $5))
         AND ($7::text IS NULL OR u.kind = $7)
         AND ($8::text IS NULL OR u.environment_id IN (
           SELECT id FROM environment WHERE strpos(name, lower($8)) > 0))
       ORDER BY ${order} ${direction}, u.id ${direction} LIMIT $6)
     SELECT u.id, u.kind, u.status::text AS status, u.environment_id AS "environmentId",
       u.environment_name AS "environmentName", p.id AS "projectId", p.name AS "projectName",
       u.request_id AS "requestId", s.total, s.finished, u.created_at AS "createdAt", u.started_at AS "startedAt",
       u.finished_at AS "finishedAt", u.sort_value::text AS "sortKey"
     FROM page u JOIN project p ON p.id = u.project_id
     CROSS JOIN LATERAL (SELECT count(*)::int AS total,
       count(*) FILTER (WHERE status IN ('succeeded', 'skipped'))::int AS finished FROM step WHERE run_id = u.id) s
     ORDER BY u.sort_value ${direction}, u.id ${direction}`,
    [
      visible === "all" ? null : [...visible],
      filter.environment ?? null,
      filter.status ?? null,
      cursor?.key ?? null,
      cursor?.id ?? null,
      filter.limit + 1,
      filter.kind ?? null,
      filter.q || null,
    ],
  );
  return toPage(rows, filter.limit, (row) => ({ key: row.sortKey, id: row.id }), toSummary);
}

function toSummary(row: Row): RunSummary {
  return {
    id: row.id,
    kind: row.kind,
    status: row.status,
    environment: { id: row.environmentId, name: row.environmentName },
    project: { id: row.projectId, name: row.projectName },
    requestId: row.requestId,
    steps: { total: row.total, finished: row.finished },
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
