/** What statements of other features may join of clouds: these columns, and no others. */
import { statements } from "@/lib/platform/db";

/** Clouds by what others show, and whether they answer. */
export const cloudRows = statements
  .selectFrom("cloud")
  .select(["id", "title", "driver", "price_book_id", "enabled", "health_ok", "health_message", "checked_at"]);
