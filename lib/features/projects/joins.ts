/** What statements of other features may join of projects, cost centers and members: these columns, and no others. */
import { statements } from "@/lib/platform/db";

/** Projects by what others show and scope by. */
export const projectRows = statements
  .selectFrom("project")
  .select(["id", "slug", "name", "cost_center_id", "currency", "budget_monthly", "approval_limit"])
  .select(["max_lease_days", "archived_at", "is_demo"]);

/** What a project may hold. */
export const projectQuotaRows = statements
  .selectFrom("project")
  .select(["id", "quota_cpu", "quota_memory_bytes", "quota_storage_bytes", "quota_environments"]);

/** Cost centers, and who owns them. */
export const costCenterRows = statements.selectFrom("cost_center").select(["id", "code", "name", "owner_id"]);

/** Who is a member of what, as which. */
export const memberRows = statements.selectFrom("project_member").select(["project_id", "user_id", "role"]);
