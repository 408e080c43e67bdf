import { sql } from "kysely";
import { type Db, pooled, rowOf, statements } from "@/lib/platform/db";

/** Whether the system asked for such a change within the last hour. */
export async function wasAskedLately(
  environmentId: string,
  kind: "stop" | "destroy",
  db: Db = pooled,
): Promise<boolean> {
  const asked = statements
    .selectFrom("request")
    .select("id")
    .where("environment_id", "=", environmentId)
    .where("kind", "=", kind)
    .where("origin", "=", "system")
    .where("created_at", ">", sql<Date>`now() - interval '1 hour'`)
    .limit(1);
  return (await rowOf(asked, db)) !== null;
}

/** Whether a destruction by the system failed while it made safety backups. */
export async function hasBackupStoppedDestruction(environmentId: string, db: Db = pooled): Promise<boolean> {
  const failed = statements
    .selectFrom("request as q")
    .innerJoin("step as s", "s.run_id", "q.run_id")
    .select("q.id")
    .where("q.environment_id", "=", environmentId)
    .where("q.kind", "=", "destroy")
    .where("q.origin", "=", "system")
    .where("q.status", "=", "failed")
    .where("s.action", "=", "backup")
    .where("s.status", "=", "failed")
    .limit(1);
  return (await rowOf(failed, db)) !== null;
}
