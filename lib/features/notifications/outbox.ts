import { type Db, executeOn } from "@/lib/platform/audit";
import { getConfig } from "@/lib/platform/config";
import type { MessageContent } from "./content";
import type { NotificationEvent, Recipient } from "./recipients";
import { defaultEmailModes, giveUpMs, nextDigestAt, ruleOf } from "./rules";

const newIdSql = "'msg_' || replace(gen_random_uuid()::text, '-', '')";

/** A notification as its recipient finds it in the inbox. */
export interface InboxRow {
  id: string;
  userId: string;
  kind: string;
  title: string;
  body: string;
  href: string;
}

/**
 * Writes events into the inboxes of their recipients and what is to be sent of them: a message for each webhook, and an
 * e-mail for each recipient who wants one. Inbox and webhooks are one statement, because the end of every run waits for it.
 */
export async function putIntoBoxes(
  db: Db,
  events: readonly NotificationEvent[],
  recipients: readonly Recipient[],
  inbox: readonly InboxRow[],
): Promise<void> {
  const messages = events.map((event, position) => ({
    position,
    kind: event.kind,
    group: ruleOf(event.kind).group,
    mode: defaultEmailModes[ruleOf(event.kind).group],
    content: contentOf(event),
  }));
  const json = toJson(messages);
  if (getConfig().mail && recipients.length > 0) await putEmails(db, json, recipients);
  await executeOn(
    db,
    `WITH told AS (
       INSERT INTO notification (id, user_id, kind, title, body, href)
       SELECT n.id, n."userId", n.kind, n.title, n.body, n.href
       FROM jsonb_to_recordset($3::jsonb) AS n(id text, "userId" text, kind text, title text, body text, href text))
     INSERT INTO outbox_message (id, channel, kind, status, webhook_id, content, give_up_at)
     SELECT ${newIdSql}, 'webhook', m.kind, 'pending', w.id, m.content, now() + $2 * interval '1 millisecond'
     FROM jsonb_to_recordset($1::jsonb) AS m(kind text, "group" text, content jsonb)
     JOIN webhook w ON w.enabled AND m."group" = ANY(w.groups)`,
    [json, giveUpMs, toJson(inbox)],
    "notifications_insert",
  );
}

/** Without the one character that PostgreSQL cannot keep; a component's last words may hold it. */
function toJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("\\u0000", "");
}

/** People of the demonstration and people without a proven address get no e-mail. */
async function putEmails(db: Db, json: string, recipients: readonly Recipient[]): Promise<void> {
  await executeOn(
    db,
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
    [json, JSON.stringify(recipients), nextDigestAt(new Date()), giveUpMs],
    "outbox_emails",
  );
}

function contentOf(event: NotificationEvent): MessageContent {
  return {
    title: event.title,
    body: event.body ?? "",
    href: event.href ?? "",
    facts: [...(event.facts ?? [])],
    projectId: event.projectId ?? null,
    environmentId: event.environmentId ?? null,
    items: [],
  };
}
