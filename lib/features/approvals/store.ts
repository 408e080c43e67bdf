import { sql } from "kysely";
import { type Db, pooled, rowOf, rowsOf, statements } from "@/lib/platform/db";
import type { DecidedItem, RequesterFacts } from "./schema";

/** What of the waiting requests a user may decide. */
export interface DecisionScope {
  /** Of the user, who decides on no request of their own. */
  userId: string | null;
  /** Null for all. */
  projectIds: readonly string[] | null;
}

const waitingIn = ({ userId, projectIds }: DecisionScope) =>
  statements
    .selectFrom("request as q")
    .where("q.status", "=", "pending_approval")
    .where("q.requester_id", "is distinct from", userId)
    .$if(projectIds !== null, (statement) =>
      statement.where((eb) => eb("q.project_id", "=", eb.fn.any(eb.val(projectIds ?? [])))),
    );

/** How many requests wait. */
export async function countWaiting(scope: DecisionScope, db: Db = pooled): Promise<number> {
  const row = await rowOf(waitingIn(scope).select(sql<number>`count(*)::int`.as("count")), db);
  return row?.count ?? 0;
}

/** Where a waiting request stands, the oldest first, and the first two of all. */
export async function listQueue(
  scope: DecisionScope,
  requestId: string,
  db: Db = pooled,
): Promise<{ id: string; position: number; total: number }[]> {
  const all = waitingIn(scope).select([
    "q.id",
    sql<number>`row_number() OVER (ORDER BY q.created_at, q.id)::int`.as("position"),
    sql<number>`count(*) OVER ()::int`.as("total"),
  ]);
  const near = statements
    .selectFrom(all.as("x"))
    .select(["id", "position", "total"])
    .where((eb) => eb.or([eb("id", "=", requestId), eb("position", "<=", 2)]));
  return await rowsOf(near, db);
}

/** Decisions on requests of these projects (null for all), newest first. */
export async function listDecisions(
  projectIds: readonly string[] | null,
  limit: number,
  db: Db = pooled,
): Promise<(Omit<DecidedItem, "at"> & { at: Date })[]> {
  // The newest are found first, so that the joins below are made for those alone.
  const newest = statements
    .selectFrom("approval as x")
    .innerJoin("request as y", "y.id", "x.request_id")
    .selectAll("x")
    .$if(projectIds !== null, (statement) =>
      statement.where((eb) => eb("y.project_id", "=", eb.fn.any(eb.val(projectIds ?? [])))),
    )
    .orderBy("x.created_at", "desc")
    .limit(limit)
    .as("a");
  const decided = statements
    .selectFrom(newest)
    .innerJoin("request as q", "q.id", "a.request_id")
    .innerJoin("plan as l", "l.id", "a.plan_id")
    .innerJoin("environment as e", "e.id", "q.environment_id")
    .innerJoin("project as p", "p.id", "q.project_id")
    .leftJoin("app_user as u", "u.id", "q.requester_id")
    .leftJoin("app_user as w", "w.id", "a.approver_id")
    .select((eb) => [
      "q.id as requestId",
      "q.kind",
      "q.status",
      "e.name as environmentName",
      "p.name as projectName",
      eb.fn.coalesce("u.name", sql<string>`'System'`).as("requester"),
      eb.fn.coalesce("w.name", sql<string>`'CLI'`).as("approver"),
      "a.decision",
      "a.reason",
      sql<string | null>`${eb.ref("l.cost")}->>'monthly'`.as("monthly"),
      sql<string>`${eb.ref("l.cost")}->>'currency'`.as("currency"),
      "a.created_at as at",
    ])
    .orderBy("a.created_at", "desc");
  return await rowsOf(decided, db);
}

export interface ProjectFacts {
  code: string;
  costCenter: string;
  /** Monthly budget as a decimal text. */
  budget: string | null;
  /** What the request holds while it waits. */
  reserved: { cpu: number; memory: number; storage: number; environments: number; monthly: string };
}

/** A project's money, and what a request holds of it. */
export async function findProjectFacts(
  projectId: string,
  requestId: string,
  db: Db = pooled,
): Promise<ProjectFacts | null> {
  const facts = statements
    .selectFrom("project as p")
    .innerJoin("cost_center as c", "c.id", "p.cost_center_id")
    .leftJoin("reservation as r", (join) =>
      join.on("r.request_id", "=", requestId).on("r.state", "=", "reserved"),
    )
    .select((eb) => [
      "c.code",
      "c.name as costCenter",
      sql<string | null>`trim_scale(${eb.ref("p.budget_monthly")})::text`.as("budget"),
      sql<ProjectFacts["reserved"]>`jsonb_build_object('cpu', coalesce(r.cpu, 0),
        'memory', coalesce(r.memory_bytes, 0), 'storage', coalesce(r.storage_bytes, 0),
        'environments', coalesce(r.environments, 0), 'monthly', coalesce(r.monthly_cost, 0)::text)`.as(
        "reserved",
      ),
    ])
    .where("p.id", "=", projectId);
  return await rowOf(facts, db);
}

/** A user in a project, as of one of their requests. */
export interface RequesterScope {
  userId: string;
  projectId: string;
  before: Date;
  /** The request's own environment, which is not counted. */
  environmentId: string;
}

/** What is known of a user in a project. */
export async function readRequesterFacts(
  scope: RequesterScope,
  db: Db = pooled,
): Promise<Omit<RequesterFacts, "id" | "name">> {
  const { userId, projectId, before, environmentId } = scope;
  const history = statements
    .selectFrom("request")
    .select([
      sql<number>`count(*)::int`.as("earlier"),
      sql<number>`count(*) FILTER (WHERE status = 'succeeded')::int`.as("succeeded"),
      sql<number>`count(*) FILTER (WHERE status = 'failed')::int`.as("failed"),
      sql<number>`count(*) FILTER (WHERE status = 'rejected')::int`.as("rejected"),
    ])
    .where("requester_id", "=", userId)
    .where("project_id", "=", projectId)
    .where("created_at", "<", before)
    .as("h");
  const living = statements
    .selectFrom("environment as e")
    .innerJoin("template_version as v", "v.id", "e.template_version_id")
    .innerJoin("template as t", "t.id", "v.template_id")
    .select([
      "e.monthly_cost as cost",
      sql<number>`row_number() OVER (ORDER BY e.monthly_cost DESC NULLS LAST)`.as("place"),
      sql`jsonb_build_object('id', e.id, 'name', e.name, 'template', t.title, 'status', e.status,
        'monthly', trim_scale(e.monthly_cost)::text)`.as("item"),
    ])
    .where("e.owner_id", "=", userId)
    .where("e.project_id", "=", projectId)
    .where("e.destroyed_at", "is", null)
    .where("e.id", "<>", environmentId)
    .where("e.status", "<>", "pending")
    .as("y");
  const dearest = statements
    .selectFrom(living)
    .select([
      sql<number>`count(*)::int`.as("environmentsTotal"),
      sql<RequesterFacts["environments"]>`coalesce(jsonb_agg(item ORDER BY cost DESC NULLS LAST)
        FILTER (WHERE place <= 6), '[]')`.as("environments"),
    ])
    .as("x");
  const facts = statements
    .selectFrom(history)
    .crossJoin(dearest)
    .selectAll(["h", "x"])
    .select((eb) =>
      eb
        .selectFrom("project_member as m")
        .select("m.role")
        .where("m.user_id", "=", userId)
        .where("m.project_id", "=", projectId)
        .as("role"),
    );
  const row = await rowOf(facts, db);
  if (!row) throw new Error("An aggregate has one row.");
  return row;
}
