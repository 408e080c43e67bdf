import { sql } from "kysely";
import { resourceRows } from "@/lib/features/environments/joins";
import { type Db, pooled, rowOf, statements } from "@/lib/platform/db";

/** Whether an environment has a sample that is younger than so many seconds. */
export async function hasSampleWithin(
  environmentId: string,
  seconds: number,
  db: Db = pooled,
): Promise<boolean> {
  const recent = statements
    .selectFrom("sample as s")
    .innerJoin(resourceRows.as("r"), "r.id", "s.resource_id")
    .select("s.at")
    .where("r.environment_id", "=", environmentId)
    .where("s.at", ">", sql<Date>`now() - ${seconds}::int * interval '1 second'`)
    .limit(1);
  return (await rowOf(recent, db)) !== null;
}
