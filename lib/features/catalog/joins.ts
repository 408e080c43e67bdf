/** What statements of other features may join of templates and their versions: these columns, and no others. */
import { statements } from "@/lib/platform/db";

/** Templates by what others show and search. */
export const templateRows = statements
  .selectFrom("template")
  .select(["id", "name", "title", "icon", "category", "tags"]);

/** Versions, without what is in them. */
export const versionRows = statements
  .selectFrom("template_version")
  .select(["id", "template_id", "version", "status", "contributor_ids", "submitted_at"]);
