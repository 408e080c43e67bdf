import { sql } from "kysely";
import type { DecidedItem, RequesterFacts } from "@/lib/features/approvals/schema";
import { templateRows, versionRows } from "@/lib/features/catalog/joins";
import { environmentRows } from "@/lib/features/environments/joins";
import { memberRows, projectRows } from "@/lib/features/projects/joins";
import { userNames } from "@/lib/features/users";
import { userRows } from "@/lib/features/users/joins";
import { type Db, pooled, rowOf, rowsOf, statements, type Tx, writtenBy } from "@/lib/platform/db";
import { planRows } from "./joins";

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
    .innerJoin(planRows.as("l"), "l.id", "a.plan_id")
    .innerJoin(environmentRows.as("e"), "e.id", "q.environment_id")
    .innerJoin(projectRows.as("p"), "p.id", "q.project_id")
    .leftJoin(userRows.as("u"), "u.id", "q.requester_id")
    .leftJoin(userRows.as("w"), "w.id", "a.approver_id")
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
      "l.monthly",
      "l.currency",
      "a.created_at as at",
    ])
    .orderBy("a.created_at", "desc");
  return await rowsOf(decided, db);
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
    .selectFrom(environmentRows.as("e"))
    .innerJoin(versionRows.as("v"), "v.id", "e.template_version_id")
    .innerJoin(templateRows.as("t"), "t.id", "v.template_id")
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
        .selectFrom(memberRows.as("m"))
        .select("m.role")
        .where("m.user_id", "=", userId)
        .where("m.project_id", "=", projectId)
        .as("role"),
    );
  const row = await rowOf(facts, db);
  if (!row) throw new Error("An aggregate has one row.");
  return row;
}

export interface NewApproval {
  id: string;
  requestId: string;
  planId: string;
  planDigest: string;
  approverId: string | null;
  decision: "approve" | "reject";
  reason: string;
}

/** Keeps a decision, which nothing changes any more. */
export async function insertApproval(tx: Tx, approval: NewApproval): Promise<void> {
  const row = {
    id: approval.id,
    request_id: approval.requestId,
    plan_id: approval.planId,
    plan_digest: approval.planDigest,
    approver_id: approval.approverId,
    decision: approval.decision,
    reason: approval.reason,
  };
  await writtenBy(statements.insertInto("approval").values(row), tx);
}

/** Who decided what about a request, the first one first. */
export async function listApprovals(requestId: string) {
  const rows = await pooled.prisma.approval.findMany({
    where: { requestId },
    select: { decision: true, approverId: true, reason: true, planDigest: true, createdAt: true },
    orderBy: { createdAt: "asc" },
  });
  const names = await userNames(rows.flatMap((row) => row.approverId ?? []));
  return rows.map(({ decision, approverId, reason, planDigest, createdAt }) => ({
    decision,
    approver: names.get(approverId ?? "") ?? null,
    reason,
    digest: planDigest,
    at: createdAt,
  }));
}
