import { sql } from "kysely";
import { type Db, pooled, statements, writtenBy } from "@/lib/platform/db";

/** In bounded batches, so that no statement holds rows for long. */
export const batchRows = 5_000;

const ago = (interval: string) => sql<Date>`now() - ${sql.lit(interval)}::interval`;
const place = sql<string>`ctid`.as("ctid");
const limit = sql.lit(batchRows);

/** What is kept long enough, a batch of each. */
const kept = {
  event: statements.selectFrom("event").select(place).where("at", "<", ago("1 hour")).limit(limit),
  step_log: statements.selectFrom("step_log").select(place).where("at", "<", ago("30 days")).limit(limit),
  sample: statements.selectFrom("sample").select(place).where("at", "<", ago("30 days")).limit(limit),
  notification: statements
    .selectFrom("notification")
    .select(place)
    .where("created_at", "<", ago("90 days"))
    .limit(limit),
  outbox_message: statements
    .selectFrom("outbox_message")
    .select(place)
    .where("status", "in", ["delivered", "failed"])
    .where("created_at", "<", ago("30 days"))
    .limit(limit),
  budget_alert: statements
    .selectFrom("budget_alert")
    .select(place)
    .where("month", "<", ago("3 months"))
    .limit(limit),
};

/** A table whose rows end with their age. */
export type AgingTable = keyof typeof kept;

/** Deletes one batch of what a table has kept long enough. Answers how many rows. */
export async function deleteOldBatch(table: AgingTable, db: Db = pooled): Promise<number> {
  return await writtenBy(statements.deleteFrom(table).where(sql<boolean>`ctid IN ${kept[table]}`), db);
}

/** Leaves one sample in five minutes of those between two and three days old. */
export async function thinSamples(db: Db = pooled): Promise<void> {
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
  await writtenBy(surplus, db);
}
