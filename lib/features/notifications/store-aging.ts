import { sql } from "kysely";
import { ago, isPlacedAt, rowPlace, statements, writtenBy } from "@/lib/platform/db";

/** Deletes up to so many notifications that are older than 90 days; answers how many. */
export async function deleteOldNotifications(limit: number): Promise<number> {
  const old = statements.selectFrom("notification").select(rowPlace).where("created_at", "<", ago("90 days"));
  return await writtenBy(statements.deleteFrom("notification").where(isPlacedAt(old.limit(sql.lit(limit)))));
}

/** Deletes up to so many messages that arrived or failed and are older than 30 days; answers how many. */
export async function deleteOldMessages(limit: number): Promise<number> {
  const old = statements
    .selectFrom("outbox_message")
    .select(rowPlace)
    .where("status", "in", ["delivered", "failed"])
    .where("created_at", "<", ago("30 days"));
  return await writtenBy(
    statements.deleteFrom("outbox_message").where(isPlacedAt(old.limit(sql.lit(limit)))),
  );
}
