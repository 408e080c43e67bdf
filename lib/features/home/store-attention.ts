import { sql } from "kysely";
import { runRows } from "@/lib/engine/run/postgres/joins";
import { templateRows, versionRows } from "@/lib/features/catalog/joins";
import { cloudRows } from "@/lib/features/clouds/joins";
import { environmentRows } from "@/lib/features/environments/joins";
import { incidentRows } from "@/lib/features/monitoring/joins";
import { projectRows } from "@/lib/features/projects/joins";
import { requestRows } from "@/lib/features/requests/joins";
import { type Db, pooled, rowsOf, statements } from "@/lib/platform/db";
import type { AttentionItem } from "./schema";

/** What a user answers for. */
export interface AttentionScope {
  userId: string;
  /** All environments. */
  everything: boolean;
  /** Projects whose environments the user answers for, with those of other owners. */
  ownedProjects: readonly string[];
  clouds: boolean;
  reviews: boolean;
}

type Item = Omit<AttentionItem, "at"> & { at: Date | null };

// Written out, so that the statement is planned for it.
const perKind = sql.lit(5);
const leaseWarningDays = 3;

/** What wants a user's attention, at most five of a kind. One statement; each part uses an index and stops at five. */
export async function listAttention(scope: AttentionScope, db: Db = pooled): Promise<Item[]> {
  const all = statements
    .selectFrom(failures(scope).as("failure"))
    .selectAll()
    .unionAll(({ parens }) => [
      parens(incidents(scope)),
      parens(leases(scope)),
      parens(waiting(scope)),
      ...(scope.clouds ? [parens(clouds())] : []),
      ...(scope.reviews ? [parens(reviews(scope))] : []),
    ]);
  return await rowsOf(all, db);
}

const kindOf = (kind: Item["kind"]) => sql<Item["kind"]>`${sql.lit(kind)}`.as("kind");

/** Of an environment `e`: the user answers for it. */
const isMine = ({ everything, userId, ownedProjects }: AttentionScope) =>
  everything
    ? sql<boolean>`true`
    : sql<boolean>`(e.owner_id = ${userId} OR e.project_id = ANY(${ownedProjects}))`;

const failures = (scope: AttentionScope) =>
  statements
    .selectFrom(environmentRows.as("e"))
    .innerJoin(runRows.as("r"), "r.id", "e.failed_run_id")
    .select([
      sql<Item["kind"]>`CASE WHEN e.status = 'failed' THEN 'failed' ELSE 'change-failed' END`.as("kind"),
      "e.id",
      "e.name",
      sql<string>`coalesce(r.error->>'message', 'No cause was recorded.')`.as("detail"),
      sql<string>`'/runs/' || r.id`.as("href"),
      sql<Date | null>`coalesce(r.finished_at, e.updated_at)`.as("at"),
    ])
    .where("e.failed_run_id", "is not", null)
    .where("r.status", "<>", "cancelled")
    .where("e.destroyed_at", "is", null)
    .where(isMine(scope))
    .orderBy("at", "desc")
    .limit(perKind);

const incidents = (scope: AttentionScope) =>
  statements
    .selectFrom(incidentRows.as("i"))
    .innerJoin(environmentRows.as("e"), "e.id", "i.environment_id")
    .select([
      kindOf("incident"),
      "e.id",
      "e.name",
      "i.summary as detail",
      sql<string>`'/environments/' || e.id || '/monitoring'`.as("href"),
      sql<Date | null>`i.opened_at`.as("at"),
    ])
    .where("i.closed_at", "is", null)
    .where("e.destroyed_at", "is", null)
    .where(isMine(scope))
    .orderBy("i.opened_at", "desc")
    .limit(perKind);

const leases = (scope: AttentionScope) =>
  statements
    .selectFrom(environmentRows.as("e"))
    .select([
      kindOf("lease"),
      "e.id",
      "e.name",
      sql<string>`CASE WHEN e.lease_ends_at < now()
        THEN 'Lease expired. The environment is stopped and will be destroyed.' ELSE 'Lease ends soon.' END`.as(
        "detail",
      ),
      sql<string>`'/environments/' || e.id`.as("href"),
      sql<Date | null>`coalesce(e.destroy_after, e.lease_ends_at)`.as("at"),
    ])
    .where("e.lease_ends_at", "<", sql<Date>`now() + make_interval(days => ${sql.lit(leaseWarningDays)})`)
    .where("e.destroyed_at", "is", null)
    .where("e.status", "in", ["running", "stopped", "failed"])
    .where(isMine(scope))
    .orderBy("e.lease_ends_at")
    .limit(perKind);

const waiting = ({ userId }: AttentionScope) =>
  statements
    .selectFrom(requestRows.as("q"))
    .innerJoin(environmentRows.as("e"), "e.id", "q.environment_id")
    .innerJoin(projectRows.as("p"), "p.id", "q.project_id")
    .select([
      kindOf("waiting"),
      "q.id",
      "e.name",
      sql<string>`'Waiting for an approver in ' || p.name || '.'`.as("detail"),
      sql<string>`'/requests/' || q.id`.as("href"),
      sql<Date | null>`q.created_at`.as("at"),
    ])
    .where("q.status", "=", "pending_approval")
    .where("q.requester_id", "=", userId)
    .orderBy("q.created_at", "desc")
    .limit(perKind);

const clouds = () =>
  statements
    .selectFrom(cloudRows.as("c"))
    .select([
      kindOf("cloud"),
      "c.id",
      "c.title as name",
      sql<string>`coalesce(nullif(c.health_message, ''), 'The cloud is unreachable.')`.as("detail"),
      sql<string>`'/admin/clouds/' || c.id`.as("href"),
      sql<Date | null>`c.checked_at`.as("at"),
    ])
    .where("c.enabled", "=", true)
    .where("c.health_ok", "=", false)
    .limit(perKind);

const reviews = ({ userId }: AttentionScope) =>
  statements
    .selectFrom(versionRows.as("v"))
    .innerJoin(templateRows.as("t"), "t.id", "v.template_id")
    .select([
      kindOf("review"),
      "v.id",
      "t.title as name",
      sql<string>`'Version ' || v.version || ' needs another reviewer.'`.as("detail"),
      sql<string>`'/admin/templates/' || t.name || '/' || v.version`.as("href"),
      sql<Date | null>`v.submitted_at`.as("at"),
    ])
    .where("v.status", "=", "in_review")
    .where(sql<boolean>`NOT v.contributor_ids @> ARRAY[${userId}::text]`)
    .limit(perKind);
