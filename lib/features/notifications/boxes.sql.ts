/** What an event puts into inbox and outbox: many rows of many events in one statement each, because every run waits for it. */
import { type Db, execute } from "@/lib/platform/db";
import type { Recipient } from "./recipients.sql";
import type { EmailMode, EventGroup, EventKind } from "./schema";

const newIdSql = "'msg_' || replace(gen_random_uuid()::text, '-', '')";

/** A notification as its recipient finds it in the inbox. */
export interface InboxRow {
  id: string;
  userId: string;
  kind: EventKind;
  title: string;
  body: string;
  href: string;
}

/** What is sent of an event. */
export interface EventMessage {
  /** Of the event among those given. */
  position: number;
  kind: EventKind;
  group: EventGroup;
  /** How e-mail of it comes to users who chose nothing. */
  mode: EmailMode;
  content: unknown;
}

/**
 * Writes notifications, and a message for each enabled webhook that is told of an event's group. A batch that writes two
 * tables at once: the number of rows is only known to the database.
 */
export async function insertInboxAndWebhookMessages(
  db: Db,
  inbox: readonly InboxRow[],
  messages: readonly EventMessage[],
  giveUpMs: number,
): Promise<void> {
  await execute(
    `WITH told AS (
       INSERT INTO notification (id, user_id, kind, title, body, href)
       SELECT n.id, n."userId", n.kind, n.title, n.body, n.href
       FROM jsonb_to_recordset($3::jsonb) AS n(id text, "userId" text, kind text, title text, body text, href text))
     INSERT INTO outbox_message (id, channel, kind, status, webhook_id, content, give_up_at)
     SELECT ${newIdSql}, 'webhook', m.kind, 'pending', w.id, m.content, now() + $2 * interval '1 millisecond'
     FROM jsonb_to_recordset($1::jsonb) AS m(kind text, "group" text, content jsonb)
     JOIN webhook w ON w.enabled AND m."group" = ANY(w.groups)`,
    [toJson(messages), giveUpMs, toJson(inbox)],
    { name: "notifications_insert", db },
  );
}

/**
 * Writes an e-mail for each recipient who wants one, at once or with the next digest. A batch over events, recipients and
 * their choices. Demo users and users without a proven address get none.
 */
export async function insertEmails(
  db: Db,
  recipients: readonly Recipient[],
  messages: readonly EventMessage[],
  { digestAt, giveUpMs }: { digestAt: Date; giveUpMs: number },
): Promise<void> {
  await execute(
    `INSERT INTO outbox_message (id, channel, kind, status, user_id, content, next_attempt_at, give_up_at)
     SELECT ${newIdSql}, 'email', m.kind, CASE WHEN c.mode = 'digest' THEN 'digest' ELSE 'pending' END::outbox_status,
       u.id, m.content, CASE WHEN c.mode = 'digest' THEN $3::timestamptz ELSE now() END,
       CASE WHEN c.mode = 'digest' THEN $3::timestamptz ELSE now() END + $4 * interval '1 millisecond'
     FROM jsonb_to_recordset($1::jsonb) AS m(position int, kind text, "group" text, mode text, content jsonb)
     JOIN jsonb_to_recordset($2::jsonb) AS r(event int, "userId" text) ON r.event = m.position
     JOIN app_user u ON u.id = r."userId"
     LEFT JOIN notification_preference p ON p.user_id = u.id AND p."group" = m."group"
     CROSS JOIN LATERAL (SELECT coalesce(p.email, m.mode) AS mode) c
     WHERE c.mode <> 'off' AND NOT u.is_demo AND u.email NOT LIKE '%@unverified.invalid'`,
    [toJson(messages), JSON.stringify(recipients), digestAt, giveUpMs],
    { name: "outbox_emails", db },
  );
}

/** Without the one character that PostgreSQL cannot keep; a component's last words may hold it. */
function toJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("\\u0000", "");
}
