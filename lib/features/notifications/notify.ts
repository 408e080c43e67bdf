import { newId } from "@/lib/kernel/ids";
import type { Db } from "@/lib/platform/db";
import { type LiveNews, publishEvents } from "@/lib/platform/events";
import { moduleLog } from "@/lib/platform/log";
import { putIntoBoxes } from "./outbox";
import { findRecipients, type NotificationEvent } from "./recipients";
import type { Recipient } from "./recipients.sql";

/**
 * Tells the people whom `notificationRules` names, and the webhooks, as part of the caller's transaction: inbox, e-mail
 * and webhooks have it when it commits, and none of them when it is rolled back. Many events share the statements.
 * @param live what screens are told of beside it, in the same statement
 */
export async function notify(
  db: Db,
  given: NotificationEvent | readonly NotificationEvent[],
  live: readonly LiveNews[] = [],
): Promise<void> {
  const events: readonly NotificationEvent[] = "kind" in given ? [given] : given;
  if (events.length === 0) return await publishEvents(db, live);
  const recipients = withoutRepeats(events, await findRecipients(db, events));
  const rows = recipients.map(({ event, userId }) => {
    const { kind, title, body = "", href = "" } = events[event] as NotificationEvent;
    return { id: newId("notification"), userId, kind, title, body, href };
  });
  if (rows.length === 0)
    moduleLog("notifications").warn({ kinds: events.map((one) => one.kind) }, "no enabled user to notify");
  await putIntoBoxes(db, events, recipients, rows);
  const told = rows.map(({ userId, kind, title, href }) => ({
    topic: `user:${userId}` as const,
    kind: "notification.created",
    payload: { kind, title, href },
  }));
  await publishEvents(db, [...live, ...told]);
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
