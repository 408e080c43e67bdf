/** What statements of other features may join of backups: these columns, and no others. */
import { statements } from "@/lib/platform/db";

/** Backups without their files. */
export const backupRows = statements
  .selectFrom("backup")
  .select(["id", "environment_id", "kind", "status", "error", "note", "created_by_id", "created_at"]);
