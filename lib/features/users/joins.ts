/** What statements of other features may join of users: these columns, and no others. */
import { statements } from "@/lib/platform/db";

/** Users by what others show, and by what decides whether they count. */
export const userRows = statements
  .selectFrom("app_user")
  .select(["id", "name", "email", "org_role", "disabled_at", "is_demo"]);
