/** What statements of other features may join of ignored orphans: these columns, and no others. */
import { statements } from "@/lib/platform/db";

/** What of clouds is left alone. */
export const ignoredRows = statements
  .selectFrom("ignored_orphan")
  .select(["cloud_id", "type", "external_id"]);
