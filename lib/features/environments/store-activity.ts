import { sql } from "kysely";
import { backupRows } from "@/lib/features/backups/joins";
import { incidentRows } from "@/lib/features/monitoring/joins";
import { requestRows } from "@/lib/features/requests/joins";
import { userRows } from "@/lib/features/users/joins";
import { rowsOf, statements } from "@/lib/platform/db";
import { type Happened, happenedSchema } from "./activity-title";
import type { ActivityKind } from "./schema";

export type ActivityRow = Happened & { at: Date; detail: string; who: string | null; href: string | null };

/** Requests, incidents and backups of an environment, newest first. */
export async function listHappened(
  environmentId: string,
  limit: number,
  filter: { kind?: ActivityKind | undefined; q?: string | undefined },
): Promise<ActivityRow[]> {
  const requests = statements
    .selectFrom(requestRows.as("q"))
    .leftJoin(userRows.as("u"), "u.id", "q.requester_id")
    .where("q.environment_id", "=", environmentId)
    .select([
      "q.created_at as at",
      sql<string>`'request'`.as("kind"),
      sql<string>`q.kind::text`.as("what"),
      sql<string>`q.status::text`.as("status"),
      sql<string>`coalesce(nullif(q.message, ''), q.reason)`.as("detail"),
      sql<string | null>`case when q.origin = 'system' then 'System' else u.name end`.as("who"),
      sql<string | null>`'/requests/' || q.id`.as("href"),
    ]);
  const incidents = statements
    .selectFrom(incidentRows.as("i"))
    .where("i.environment_id", "=", environmentId)
    .select([
      "i.opened_at as at",
      sql<string>`'incident'`.as("kind"),
      "i.component as what",
      sql<string>`case when i.closed_at is null then 'open' else 'closed' end`.as("status"),
      "i.summary as detail",
      sql<string | null>`'Monitoring'`.as("who"),
      sql<string | null>`null`.as("href"),
    ]);
  const backups = statements
    .selectFrom(backupRows.as("b"))
    .leftJoin(userRows.as("u"), "u.id", "b.created_by_id")
    .where("b.environment_id", "=", environmentId)
    .select([
      "b.created_at as at",
      sql<string>`'backup'`.as("kind"),
      "b.kind as what",
      sql<string>`b.status::text`.as("status"),
      sql<string>`coalesce(nullif(b.error, ''), b.note)`.as("detail"),
      sql<string | null>`coalesce(u.name, 'System')`.as("who"),
      sql<string | null>`null`.as("href"),
    ]);
  const { kind, q } = filter;
  const words = sql<string>`lower(concat_ws(' ', kind, what, status, detail, who))`;
  const rows = await rowsOf(
    statements
      .selectFrom(requests.unionAll(incidents).unionAll(backups).as("a"))
      .selectAll()
      .$if(kind !== undefined, (list) => list.where("kind", "=", kind ?? ""))
      .$if(Boolean(q), (list) => list.where(sql<boolean>`strpos(${words}, lower(${q})) > 0`))
      .orderBy("at", "desc")
      .limit(limit),
  );
  return rows.map(({ kind, what, status, ...row }) => ({
    ...row,
    ...happenedSchema.parse({ kind, what, status }),
  }));
}
