import { newId } from "@/lib/kernel/ids";
import { type Db, executeOn } from "@/lib/platform/audit";
import { publishEvents } from "@/lib/platform/events";
import { moduleLog } from "@/lib/platform/log";
import { putIntoOutbox } from "./outbox";
import { findRecipients, type NotificationEvent, type Recipient } from "./recipients";

/**
 * Tells the people whom `notificationRules` names, and the webhooks, as part of the caller's transaction: inbox, e-mail
 * and webhooks have it when it commits, and none of them when it is rolled back. Many events share the statements.
 */
export async function notify(db: Db, given: NotificationEvent | readonly NotificationEvent[]): Promise<void> {
  const events: readonly NotificationEvent[] = "kind" in given ? [given] : given;
  if (events.length === 0) return;
  const recipients = withoutRepeats(events, await findRecipients(db, events));
  const rows = recipients.map(({ event, userId }) => {
    const { kind, title, body = "", href = "" } = events[event] as NotificationEvent;
    return { id: newId("notification"), userId, kind, title, body, href };
  });
  if (rows.length > 0) {
    await executeOn(
      db,
      `INSERT INTO notification (id, user_id, kind, title, body, href)
       SELECT n.id, n."userId", n.kind, n.title, n.body, n.href
       FROM jsonb_to_recordset($1::jsonb) AS n(id text, "userId" text, kind text, title text, body text, href text)`,
      [toJson(rows)],
      "notifications_insert",
    );
  } else {
    moduleLog("notifications").warn({ kinds: events.map((one) => one.kind) }, "no enabled user to notify");
  }
  await putIntoOutbox(db, events, recipients);
  await publishEvents(
    db,
    rows.map(({ userId, kind, title, href }) => ({
      topic: `user:${userId}` as const,
      kind: "notification.created",
      payload: { kind, title, href },
    })),
  );
}

/** Two chains of one thing may end at the same person: requester and owner, of whom one is gone. */
function withoutRepeats(events: readonly NotificationEvent[], recipients: readonly Recipient[]): Recipient[] {
  const seen = new Set<string>();
  return recipients.filter(({ event, userId }) => {
    const { kind, title, href = "" } = events[event] as NotificationEvent;
    const key = JSON.stringify([userId, kind, title, href]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Without the one character that PostgreSQL cannot keep; a component's last words may hold it. */
function toJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("\\u0000", "");
}
