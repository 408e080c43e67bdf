import { sql } from "kysely";
import { runRows } from "@/lib/engine/run/postgres/joins";
import { cloudRows } from "@/lib/features/clouds/joins";
import { type Db, now, pooled, rowOf, rowsOf, statements, writtenBy } from "@/lib/platform/db";

/** The health of environments, and when each is looked at next. */

/** Written out, so that the index of runs under way serves. */
const underWay = (["queued", "running", "parked"] as const).map((status) => sql.lit(status));
/** Environments that are due to be looked at. */
const dueChecks = statements
  .selectFrom("environment as d")
  .where("d.next_check_at", "<=", now)
  .where((eb) =>
    eb.or([
      eb("d.status", "=", "running"),
      eb.and([
        eb("d.status", "=", "failed"),
        eb("d.is_demo", "=", false),
        eb.exists(eb.selectFrom("resource as x").select("x.id").whereRef("x.environment_id", "=", "d.id")),
      ]),
    ]),
  )
  .where(({ not, exists, selectFrom }) =>
    not(
      exists(
        selectFrom(runRows.as("r"))
          .select("r.id")
          .whereRef("r.environment_id", "=", "d.id")
          .where("r.status", "in", underWay),
      ),
    ),
  );

/**
 * Claims environments that are due to be looked at, real ones first, by moving that time on: several workers share them
 * without a lock.
 */
export async function claimDueChecks(
  atMost: number,
  db: Db = pooled,
): Promise<{ id: string; isDemo: boolean }[]> {
  const claim = statements
    .updateTable("environment as e")
    .set({
      next_check_at: sql<Date>`now() + CASE WHEN e.is_demo THEN interval '60 seconds' ELSE interval '10 seconds' END`,
    })
    .where("e.id", "in", () =>
      dueChecks
        .select("d.id")
        .orderBy("d.is_demo")
        .orderBy("d.next_check_at")
        .limit(atMost)
        .forNoKeyUpdate()
        .skipLocked(),
    )
    .returning(["e.id", "e.is_demo as isDemo"]);
  return await rowsOf(claim, db);
}

/** How many environments are due to be looked at, counted up to `atMost`. */
export async function countDueChecks(atMost: number, db: Db = pooled): Promise<number> {
  const due = dueChecks.select("d.id").limit(atMost).as("due");
  const row = await rowOf(statements.selectFrom(due).select(sql<number>`count(*)::int`.as("count")), db);
  return row?.count ?? 0;
}

/** Running environments with real processes or containers on which no run works, at most 500. */
export async function listLiving(db: Db = pooled): Promise<string[]> {
  const living = statements
    .selectFrom("environment as e")
    .innerJoin("resource as r", "r.environment_id", "e.id")
    .innerJoin(cloudRows.as("c"), "c.id", "r.cloud_id")
    .select("e.id")
    .distinct()
    .where("e.status", "=", "running")
    .where("e.is_demo", "=", false)
    .where("c.driver", "in", ["machine", "docker"])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom(runRows.as("u"))
            .select("u.id")
            .whereRef("u.environment_id", "=", "e.id")
            .where("u.status", "in", underWay),
        ),
      ),
    )
    .limit(500);
  return (await rowsOf(living, db)).map((row) => row.id);
}

/** Sets when an environment is looked at next. */
export async function saveNextLook(environmentId: string, inMs: number, db: Db = pooled): Promise<void> {
  const update = statements
    .updateTable("environment")
    .set({ next_check_at: sql<Date>`now() + ${inMs}::int * interval '1 millisecond'` })
    .where("id", "=", environmentId);
  await writtenBy(update, db);
}

/**
 * Makes the health of an environment that of its worst component; what was never looked at counts only where there is
 * nothing else. Answers whether that changed it.
 */
export async function saveWorstHealth(environmentId: string, db: Db = pooled): Promise<boolean> {
  const worst = statements
    .selectFrom("resource")
    .select([
      "health",
      sql<string>`CASE WHEN health_message = '' THEN '' ELSE component || ': ' || health_message END`.as(
        "message",
      ),
    ])
    .where("environment_id", "=", environmentId)
    .orderBy(sql`health = 'unknown' AND health_message = ''`)
    .orderBy(sql`array_position('{unhealthy,unknown,degraded,healthy}', health::text)`)
    .orderBy("component")
    .limit(1)
    .as("worst");
  const update = statements
    .updateTable("environment as e")
    .from(worst)
    .set((eb) => ({ health: eb.ref("worst.health"), health_message: eb.ref("worst.message") }))
    .where("e.id", "=", environmentId)
    .where((eb) =>
      eb.or([
        eb("e.health", "<>", eb.ref("worst.health")),
        eb("e.health_message", "<>", eb.ref("worst.message")),
      ]),
    );
  return (await writtenBy(update, db)) > 0;
}
