/** What statements of other features may join of sessions: these columns, and no others. */
import { statements } from "@/lib/platform/db";

/** When users were seen. */
export const sessionRows = statements.selectFrom("session").select(["user_id", "last_seen_at"]);
