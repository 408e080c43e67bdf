import { sql } from "kysely";
import { sampleRows } from "@/lib/features/monitoring/joins";
import { rowsOf, statements } from "@/lib/platform/db";

/** Bytes that components were seen to store, by their last sample. */
export async function observedSizes(environmentId: string): Promise<Map<string, number>> {
  const sizes = statements
    .selectFrom("resource as r")
    .select("r.component")
    .select((eb) =>
      eb
        .selectFrom(sampleRows.as("s"))
        .select(sql<number>`s.storage_bytes::float8`.as("bytes"))
        .whereRef("s.resource_id", "=", "r.id")
        .where("s.storage_bytes", "is not", null)
        .orderBy("s.at", "desc")
        .limit(1)
        .as("bytes"),
    )
    .where("r.environment_id", "=", environmentId);
  const rows = await rowsOf(sizes);
  return new Map(rows.flatMap((row) => (row.bytes === null ? [] : [[row.component, row.bytes]])));
}
