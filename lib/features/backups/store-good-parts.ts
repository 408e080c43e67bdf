import { sql } from "kysely";
import { rowsOf, statements } from "@/lib/platform/db";

/** A part of a backup that succeeded. */
export interface GoodPart {
  component: string;
  method: string;
  backupId: string;
  at: Date;
  sizeBytes: number;
}

/** Parts of the good backups of an environment, newest backup first. */
export async function listGoodParts(environmentId: string): Promise<GoodPart[]> {
  const parts = statements
    .selectFrom("backup as b")
    .innerJoin("backup_part as p", "p.backup_id", "b.id")
    .select(["p.component", "p.method", "b.id as backupId", "b.created_at as at"])
    .select(sql<number>`p.size_bytes::float8`.as("sizeBytes"))
    .where("b.environment_id", "=", environmentId)
    .where("b.status", "=", "succeeded")
    .orderBy("b.created_at", "desc");
  return await rowsOf(parts);
}
