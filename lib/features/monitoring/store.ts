import { sql } from "kysely";
import type { Remedy } from "@/lib/features/requests/schema";
import { type Db, pooled, rowOf, rowsOf, statements } from "@/lib/platform/db";

/** An attempt to bring a component back. */
export interface Attempt {
  how: Remedy;
  at: Date;
}

/** What healing tried on a component within a time, oldest first. */
export async function listAttempts(
  environmentId: string,
  component: string,
  withinMs: number,
  db: Db = pooled,
): Promise<Attempt[]> {
  const attempts = statements
    .selectFrom("request")
    .select([sql<Remedy>`payload->>'how'`.as("how"), "created_at as at"])
    .where("environment_id", "=", environmentId)
    .where("kind", "=", "heal")
    .where(sql<boolean>`payload->>'component' = ${component}`)
    .where("created_at", ">", sql<Date>`now() - ${withinMs} * interval '1 millisecond'`)
    .orderBy("created_at");
  return await rowsOf(attempts, db);
}

/** Whether an environment has a sample that is younger than so many seconds. */
export async function hasSampleWithin(
  environmentId: string,
  seconds: number,
  db: Db = pooled,
): Promise<boolean> {
  const recent = statements
    .selectFrom("sample as s")
    .innerJoin("resource as r", "r.id", "s.resource_id")
    .select("s.at")
    .where("r.environment_id", "=", environmentId)
    .where("s.at", ">", sql<Date>`now() - ${seconds}::int * interval '1 second'`)
    .limit(1);
  return (await rowOf(recent, db)) !== null;
}
