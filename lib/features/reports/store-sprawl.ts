import { type OrderByItemBuilder, type RawBuilder, sql } from "kysely";
import { isUnowned } from "@/lib/features/environments";
import { environmentRows, resourceRows } from "@/lib/features/environments/joins";
import { sampleRows } from "@/lib/features/monitoring/joins";
import { projectRows } from "@/lib/features/projects/joins";
import { userRows } from "@/lib/features/users/joins";
import { type Db, pooled, rowsOf, statements } from "@/lib/platform/db";
import type { SprawlReason, SprawlRow } from "./schema";
import { isIn, type Scope } from "./store";

/** An environment that is probably not needed. */
export interface Sprawl extends Omit<SprawlRow, "detail"> {
  /** Since when; null where that is not known. */
  at: Date | null;
  /** Most that an idle one used of its CPU, 0 to 1. */
  share: number | null;
}

// Written out, so that each statement is planned for what it is.
const perReason = sql.lit(100);
const examined = sql.lit(300);
const idleShare = sql.lit(0.01);
const stoppedDays = 14;
/** Looks at a day through one sample every two hours: fewer known ones than this say nothing. */
const enoughSamples = sql.lit(6);

const columns = [
  "e.id as environmentId",
  "e.name",
  "p.name as project",
  sql<string>`coalesce(u.name, 'None')`.as("owner"),
  sql<string | null>`trim_scale(e.monthly_cost)::text`.as("monthly"),
  "e.currency",
] as const;

/**
 * Idle environments, the most expensive first, at most a hundred. They are searched among the 300 most expensive that run:
 * every component used under 1% of its CPU in each sample of a day, two hours apart.
 */
export async function listIdle(scope: Scope, db: Db = pooled): Promise<Sprawl[]> {
  const costliest = statements
    .selectFrom(environmentRows.as("e"))
    .selectAll("e")
    .where("e.destroyed_at", "is", null)
    .where(isIn(scope, "e.project_id"))
    .where("e.status", "=", "running")
    .where("e.created_at", "<", sql<Date>`now() - interval '1 day'`)
    .orderBy("e.monthly_cost", costliestFirst)
    .limit(examined);
  const idle = statements
    .with("costliest", () => costliest)
    .with("used", (db) =>
      db
        .selectFrom("costliest as d")
        .innerJoin(resourceRows.as("r"), "r.environment_id", "d.id")
        .crossJoin(sql<{ h: number }>`generate_series(0, 11)`.as("h"))
        .leftJoinLateral(
          (eb) =>
            eb
              .selectFrom(sampleRows.as("sample"))
              .select("cpu_cores")
              .whereRef("resource_id", "=", "r.id")
              .where(sql<boolean>`at > now() - (h + 1) * interval '2 hours'`)
              .where(sql<boolean>`at <= now() - h * interval '2 hours'`)
              .orderBy("at", "desc")
              .limit(sql.lit(1))
              .as("s"),
          (join) => join.onTrue(),
        )
        .select([
          "r.environment_id",
          "r.id",
          sql<bigint>`count(s.cpu_cores)`.as("known"),
          sql<number | null>`max(s.cpu_cores / nullif(r.cpu * r.replicas, 0))`.as("share"),
        ])
        .where("r.cpu", ">", "0")
        .groupBy(["r.environment_id", "r.id"]),
    )
    .with("idle", (db) =>
      db
        .selectFrom("used")
        .select(["environment_id", sql<number | null>`max(share)::float8`.as("share")])
        .groupBy("environment_id")
        .having(sql<boolean>`min(known) >= ${enoughSamples}`)
        .having(sql<boolean>`max(share) < ${idleShare}`),
    )
    .selectFrom("idle as i")
    .innerJoin("costliest as e", "e.id", "i.environment_id")
    .innerJoin(projectRows.as("p"), "p.id", "e.project_id")
    .leftJoin(userRows.as("u"), "u.id", "e.owner_id")
    .select(sql<SprawlReason>`'idle'`.as("reason"))
    .select(columns)
    .select([sql<Date | null>`NULL::timestamptz`.as("at"), "i.share"])
    .orderBy("e.monthly_cost", costliestFirst)
    .orderBy("e.id")
    .limit(perReason);
  return await rowsOf(idle, db);
}

/** What is not needed for another reason, at most a hundred of each, the most expensive of it first. */
export async function listOtherSprawl(scope: Scope, db: Db = pooled): Promise<Sprawl[]> {
  const expired = sql<boolean>`e.lease_ends_at < now() AND e.status <> 'destroying'`;
  const stopped = sql<boolean>`e.status = 'stopped'
    AND e.updated_at < now() - ${sql.lit(`${stoppedDays} days`)}::interval`;
  const all = statements
    .selectFrom(part(scope, "expired", "e.lease_ends_at", expired).as("expired"))
    .selectAll()
    .unionAll(({ parens }) => [
      parens(part(scope, "unowned", "u.disabled_at", isUnowned)),
      parens(part(scope, "failed", "e.updated_at", sql<boolean>`e.status = 'failed'`)),
      parens(part(scope, "stopped", "e.updated_at", stopped)),
    ]);
  return await rowsOf(all, db);
}

function part(
  scope: Scope,
  reason: SprawlReason,
  since: "e.lease_ends_at" | "u.disabled_at" | "e.updated_at",
  condition: RawBuilder<boolean>,
) {
  return statements
    .selectFrom(environmentRows.as("e"))
    .innerJoin(projectRows.as("p"), "p.id", "e.project_id")
    .leftJoin(userRows.as("u"), "u.id", "e.owner_id")
    .select(sql<SprawlReason>`${sql.lit(reason)}`.as("reason"))
    .select(columns)
    .select([sql<Date | null>`${sql.ref(since)}`.as("at"), sql<number | null>`NULL::float8`.as("share")])
    .where("e.destroyed_at", "is", null)
    .where(isIn(scope, "e.project_id"))
    .where(condition)
    .orderBy("e.monthly_cost", costliestFirst)
    .orderBy("e.id")
    .limit(perReason);
}

const costliestFirst = (order: OrderByItemBuilder) => order.desc().nullsLast();
