import { z } from "zod";
import { notFound } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import type { Db } from "@/lib/platform/audit";
import { type PersonActor, permissions } from "@/lib/platform/auth";
import { execute, query } from "@/lib/platform/db";
import { publishEvents } from "@/lib/platform/events";
import { decodeCursor, type Page, type PageQuery, toPage } from "@/lib/platform/http";
import type { NotificationDto } from "./schema";

export interface Notice {
  userIds: readonly string[];
  kind: string;
  /** One sentence: what happened. */
  title: string;
  body?: string;
  /** Where to go from it: "/requests/req_…". */
  href?: string;
  /** What it is about: whoever may no longer see this environment gets no notice. */
  environmentId?: string;
}

/** Tells people something, as part of the caller's transaction; their open screens hear it once it commits. */
export async function notify(db: Db, notice: Notice): Promise<void> {
  await notifyAll(db, [notice]);
}

/**
 * Many notices in one statement, for hot paths. Whoever was disabled, or left the project of the environment it is about,
 * gets none: requesters and owners go, and titles and errors say what happens there.
 */
export async function notifyAll(db: Db, notices: readonly Notice[]): Promise<void> {
  const each = notices.flatMap(({ userIds, body = "", href = "", ...rest }) =>
    [...new Set(userIds)].map((userId) => ({ id: newId("notification"), ...rest, userId, body, href })),
  );
  if (each.length === 0) return;
  const told = await idsOf(
    db,
    `INSERT INTO notification (id, user_id, kind, title, body, href)
     SELECT n.id, n."userId", n.kind, n.title, n.body, n.href
     FROM jsonb_to_recordset($1::jsonb) AS n(id text, "userId" text, kind text, title text, body text, href text, "environmentId" text)
     JOIN app_user u ON u.id = n."userId" AND u.disabled_at IS NULL
     WHERE n."environmentId" IS NULL OR u.org_role::text = ANY($2) OR EXISTS (
       SELECT 1 FROM environment e JOIN project_member m ON m.project_id = e.project_id
        WHERE e.id = n."environmentId" AND m.user_id = u.id)
     RETURNING id`,
    [JSON.stringify(each), permissions["environment.read"].org],
  );
  const events = each
    .filter(({ id }) => told.has(id))
    .map(({ userId, kind, title, href }) => ({
      topic: `user:${userId}` as const,
      kind: "notification.created",
      payload: { kind, title, href },
    }));
  await publishEvents(db, events);
}

async function idsOf(db: Db, sql: string, values: unknown[]): Promise<Set<string>> {
  const rows =
    "$queryRawUnsafe" in db
      ? await db.$queryRawUnsafe<{ id: string }[]>(sql, ...values)
      : (await db.query<{ id: string }>(sql, values)).rows;
  return new Set(rows.map(({ id }) => id));
}

interface Row extends Omit<NotificationDto, "readAt" | "createdAt"> {
  readAt: Date | null;
  createdAt: Date;
}

/** A person's own notifications, newest first. */
export async function listNotifications(
  actor: PersonActor,
  filter: PageQuery & { unread?: boolean | undefined },
): Promise<Page<NotificationDto>> {
  const after = decodeCursor(filter.cursor, z.object({ at: z.iso.datetime(), id: z.string() }));
  const rows = await query<Row>(
    `SELECT id, kind, title, body, href, read_at AS "readAt", created_at AS "createdAt" FROM notification
      WHERE user_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3))
        AND (NOT $4 OR read_at IS NULL)
      ORDER BY created_at DESC, id DESC LIMIT $5`,
    [actor.userId, after?.at ?? null, after?.id ?? "", filter.unread ?? false, filter.limit + 1],
  );
  return toPage(
    rows,
    filter.limit,
    (row) => ({ at: row.createdAt.toISOString(), id: row.id }),
    (row) => ({
      ...row,
      readAt: row.readAt?.toISOString() ?? null,
      createdAt: row.createdAt.toISOString(),
    }),
  );
}

/** How many a person has not read. */
export async function countUnread(userId: string): Promise<number> {
  const sql = "SELECT count(*)::int AS count FROM notification WHERE user_id = $1 AND read_at IS NULL";
  const [row] = await query<{ count: number }>(sql, [userId], { name: "unread_notifications" });
  return row?.count ?? 0;
}

/** Marks one as read. @throws AppError `not_found` for somebody else's */
export async function markRead(actor: PersonActor, id: string): Promise<void> {
  const sql = "UPDATE notification SET read_at = coalesce(read_at, now()) WHERE id = $1 AND user_id = $2";
  if ((await execute(sql, [id, actor.userId])) === 0) throw notFound("The notification");
}

/** Marks all as read; answers how many were not. */
export async function markAllRead(actor: PersonActor): Promise<number> {
  const sql = "UPDATE notification SET read_at = now() WHERE user_id = $1 AND read_at IS NULL";
  return await execute(sql, [actor.userId]);
}
