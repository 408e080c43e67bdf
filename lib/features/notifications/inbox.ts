import { z } from "zod";
import { notFound } from "@/lib/kernel/errors";
import type { PersonActor } from "@/lib/platform/auth";
import { decodeCursor, type Page, type PageQuery, toPage } from "@/lib/platform/http";
import type { NotificationDto } from "./schema";
import { countUnreadOf, listInbox, setAllRead, setRead } from "./store-inbox";

/** A person's own notifications, newest first. */
export async function listNotifications(
  actor: PersonActor,
  filter: PageQuery & { unread?: boolean | undefined },
): Promise<Page<NotificationDto>> {
  const after = decodeCursor(filter.cursor, z.object({ at: z.iso.datetime(), id: z.string() }));
  const rows = await listInbox(actor.userId, filter.unread ?? false, after, filter.limit + 1);
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
  return await countUnreadOf(userId);
}

/** Marks one as read. @throws AppError `not_found` for someone else's */
export async function markRead(actor: PersonActor, id: string): Promise<void> {
  if (!(await setRead(actor.userId, id))) throw notFound("The notification");
}

/** Marks all as read; answers how many were not. */
export async function markAllRead(actor: PersonActor): Promise<number> {
  return await setAllRead(actor.userId);
}
