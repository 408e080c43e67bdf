import { sql } from "kysely";
import { memberRows } from "@/lib/features/projects/joins";

/**
 * Of an environment `e` whose owner is `u` (left-joined): the owner is gone, disabled or, unless an administrator, no
 * member of its project any more.
 */
export const isUnowned = sql<boolean>`(u.id is null or u.disabled_at is not null or (u.org_role is distinct from 'admin'
  and not exists (select 1 from ${memberRows.as("m")} where m.project_id = e.project_id and m.user_id = e.owner_id)))`;
