import { sql } from "kysely";
import { type Db, getPrisma, now, rowOf, rowsOf, statements, writtenBy } from "@/lib/platform/db";
import { type EventKind, notificationDto } from "./schema";

/** The last notification of a page. */
interface InboxCursor {
  at: string;
  id: string;
}

/** A user's notifications after a cursor, newest first; at most `limit`. */
export async function listInbox(
  userId: string,
  unread: boolean,
  after: InboxCursor | undefined,
  limit: number,
) {
  let list = statements
    .selectFrom("notification")
    .select(["id", "kind", "title", "body", "href", "read_at as readAt", "created_at as createdAt"])
    .where("user_id", "=", userId)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(limit);
  if (unread) list = list.where("read_at", "is", null);
  if (after)
    list = list.where((eb) =>
      eb(eb.refTuple("created_at", "id"), "<", eb.tuple(new Date(after.at), after.id)),
    );
  return (await rowsOf(list)).map((row) => ({ ...row, kind: kindSchema.parse(row.kind) }));
}

// Another version may have written others.
const kindSchema = notificationDto.shape.kind.catch(null);

/** How many notifications a user has not read. */
export async function countUnreadOf(userId: string): Promise<number> {
  const row = await rowOf(
    statements
      .selectFrom("notification")
      .select(sql<number>`count(*)::int`.as("count"))
      .where("user_id", "=", userId)
      .where("read_at", "is", null),
  );
  return row?.count ?? 0;
}

/** Marks a user's notification as read, if it is not; false where it is not there. */
export async function setRead(userId: string, id: string): Promise<boolean> {
  const read = statements
    .updateTable("notification")
    .set((eb) => ({ read_at: eb.fn.coalesce("read_at", now) }))
    .where("id", "=", id)
    .where("user_id", "=", userId);
  return (await writtenBy(read)) > 0;
}

/** Marks all notifications of a user as read; answers how many were not. */
export async function setAllRead(userId: string): Promise<number> {
  const { count } = await getPrisma().notification.updateMany({
    where: { userId, readAt: null },
    data: { readAt: new Date() },
  });
  return count;
}

/** Whether a notification with these words was written within the last day. */
export async function wasToldToday(db: Db, kind: EventKind, title: string): Promise<boolean> {
  const where = { kind, title, createdAt: { gt: new Date(Date.now() - 86_400_000) } };
  return (await db.prisma.notification.findFirst({ where, select: { id: true } })) !== null;
}

/** How a user wants to hear of groups of events; groups without a choice are left out. */
export async function listPreferences(userId: string): Promise<{ group: string; email: string }[]> {
  return await getPrisma().notificationPreference.findMany({
    where: { userId },
    select: { group: true, email: true },
  });
}

/** Writes a user's choices, each group once. */
export async function writePreferences(
  userId: string,
  chosen: readonly { group: string; email: string }[],
): Promise<void> {
  await writtenBy(
    statements
      .insertInto("notification_preference")
      .values(chosen.map(({ group, email }) => ({ user_id: userId, group, email })))
      .onConflict((conflict) =>
        conflict.columns(["user_id", "group"]).doUpdateSet((eb) => ({ email: eb.ref("excluded.email") })),
      ),
  );
}
