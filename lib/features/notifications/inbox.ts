import { z } from "zod";
import { notFound } from "@/lib/kernel/errors";
import type { PersonActor } from "@/lib/platform/auth";
import { execute, query } from "@/lib/platform/db";
import { decodeCursor, type Page, type PageQuery, toPage } from "@/lib/platform/http";
import type { NotificationDto } from "./schema";

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
