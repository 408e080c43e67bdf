import { sql } from "kysely";
import { rowOf, statements } from "@/lib/platform/db";

/** What reservations come to: requests that make something cheaper do not count before they are carried out. */
export const committedSum = sql<string>`coalesce(sum(case when state = 'reserved' then greatest(monthly_cost, 0) else monthly_cost end), 0)`;

/**
 * Monthly cost of what a project's environments hold and its open requests would add: decimal text.
 * @param exceptRequestId a request that is judged again and does not count beside itself
 */
export async function committedMonthly(projectId: string, exceptRequestId = ""): Promise<string> {
  const total = statements
    .selectFrom("reservation")
    .select(committedSum.as("total"))
    .where("project_id", "=", projectId)
    .where("state", "in", ["reserved", "converted"])
    .where("request_id", "<>", exceptRequestId);
  const row = await rowOf(total);
  return row?.total ?? "0";
}
