import { z } from "zod";
import type { RequestKind } from "@/lib/features/requests/schema";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { decodeCursor, type Page, sortKeys, toPage } from "@/lib/platform/http/page";
import type { RunSort, RunSummary } from "./schema";
import { countRuns, listRunRows, type RunConditions, type RunListRow } from "./store-lists";

/** Per sort: the type of its value (a cursor carries it as text), and its own direction. */
const sorts: Record<RunSort, { type: keyof typeof sortKeys; down: boolean }> = {
  created: { type: "timestamptz", down: true },
  name: { type: "text", down: false },
  took: { type: "numeric", down: true },
};

const dayMs = 86_400_000;
const sinceDays = (days: number | undefined) =>
  days === undefined ? undefined : new Date(Date.now() - days * dayMs);

/** How many runs of the last days failed, of those the actor may see; `most` stands for that many or more. */
export async function countFailedRuns(actor: Actor, { days, most }: { days: number; most: number }) {
  const none = { environment: undefined, kind: undefined, words: undefined };
  const visible = visibleProjects(actor, "run.read");
  return await countRuns({ ...none, visible, status: "failed", since: sinceDays(days) }, most);
}

/** Which runs. */
export interface RunChoice {
  environment?: string | undefined;
  status?: RunSummary["status"] | undefined;
  kind?: RequestKind | undefined;
  /** Words of the environment's name. */
  q?: string | undefined;
  /** Created within so many days. */
  days?: number | undefined;
}

/** Which runs, in which order, and from where on. */
export interface RunFilter extends RunChoice {
  /** By when it was asked for, unless said otherwise. */
  sort?: RunSort | undefined;
  /** Left out, each sort has its own: newest, A to Z, longest first. */
  direction?: "asc" | "desc" | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** How many runs a list of these would show; `most` stands for that many or more. */
export async function countListedRuns(actor: Actor, filter: RunChoice, most: number): Promise<number> {
  return await countRuns(conditionsOf(actor, filter), most);
}

function conditionsOf(actor: Actor, filter: RunChoice): RunConditions {
  const { environment, status, kind, q: words, days } = filter;
  const visible = visibleProjects(actor, "run.read");
  return { visible, environment, status, kind, words, since: sinceDays(days) };
}

/** Runs the actor may see, keyset-paged. */
export async function listRuns(actor: Actor, filter: RunFilter): Promise<Page<RunSummary>> {
  const { sort = "created" } = filter;
  const { type, down: ownWay } = sorts[sort];
  const rows = await listRunRows(conditionsOf(actor, filter), {
    sort,
    down: filter.direction ? filter.direction === "desc" : ownWay,
    cursor: decodeCursor(filter.cursor, z.object({ key: sortKeys[type], id: z.string() })) ?? null,
    limit: filter.limit + 1,
  });
  return toPage(rows, filter.limit, (row) => ({ key: row.sortKey, id: row.id }), toSummary);
}

function toSummary(row: RunListRow): RunSummary {
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
