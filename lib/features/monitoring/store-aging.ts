import { sql } from "kysely";
import { ago, isPlacedAt, rowPlace, statements, writtenBy } from "@/lib/platform/db";

/** Deletes up to so many samples that are older than 30 days; answers how many. */
export async function deleteOldSamples(limit: number): Promise<number> {
  const old = statements.selectFrom("sample").select(rowPlace).where("at", "<", ago("30 days"));
  return await writtenBy(statements.deleteFrom("sample").where(isPlacedAt(old.limit(sql.lit(limit)))));
}

/** Leaves one sample in five minutes of those between two and three days old. */
export async function thinSamples(): Promise<void> {
  const numbered = statements
    .selectFrom("sample")
    .select([
      "resource_id",
      "at",
      sql<bigint>`row_number() OVER (
        PARTITION BY resource_id, date_bin('5 minutes', at, '2000-01-01') ORDER BY at)`.as("n"),
    ])
    .where("at", ">=", ago("3 days"))
    .where("at", "<=", ago("2 days"))
    .as("x");
  const surplus = statements
    .deleteFrom("sample as s")
    .using(numbered)
    .whereRef("s.resource_id", "=", "x.resource_id")
    .whereRef("s.at", "=", "x.at")
    .where("x.n", ">", sql<bigint>`1`);
  await writtenBy(surplus);
}
