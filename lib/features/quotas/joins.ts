/** What statements of other features may join of reservations: these columns, and no others. */
import { statements } from "@/lib/platform/db";
import { committedSum } from "./store-committed";

/** What projects are committed to a month: decimal text. A project without a reservation has no row. */
export const committedRows = statements
  .selectFrom("reservation")
  .select(["project_id", committedSum.as("total")])
  .where("state", "in", ["reserved", "converted"])
  .groupBy("project_id");
