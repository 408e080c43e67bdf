/** What statements of other features may join of the ledger: these columns, and no others. */
import { statements } from "@/lib/platform/db";

/** What environments cost by day, component and meter. */
export const dailyCostRows = statements
  .selectFrom("daily_cost")
  .select(["day", "environment_id", "component", "meter", "currency", "project_id", "cost_center_id"])
  .select(["owner_id", "template_id", "cloud_id", "quantity", "amount"]);

/** The same costs, summed by the members of a dimension. */
export const costSumRows = statements
  .selectFrom("cost_sum")
  .select(["dimension", "key", "project_id", "currency", "day", "amount", "entries"]);

/** What was held in an hour. */
export const usageRows = statements
  .selectFrom("usage_record")
  .select(["id", "hour", "environment_id", "component", "meter", "unit", "quantity"])
  .select(["project_id", "cost_center_id", "owner_id"]);

/** What a record of usage was charged. */
export const chargeRows = statements
  .selectFrom("charge")
  .select(["usage_record_id", "price_id", "amount", "currency"]);
