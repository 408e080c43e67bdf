/** What statements of other features may join of notifications: these columns, and no others. */
import { statements } from "@/lib/platform/db";

/** Who was told, when, and where the notification leads. */
export const notificationRows = statements
  .selectFrom("notification")
  .select(["user_id", "kind", "href", "created_at"]);
