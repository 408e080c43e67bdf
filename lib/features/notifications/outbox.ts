import { type Db, executeOn } from "@/lib/platform/audit";
import { getConfig } from "@/lib/platform/config";
import type { MessageContent } from "./content";
import type { NotificationEvent, Recipient } from "./recipients";
import { defaultEmailModes, giveUpMs, nextDigestAt, ruleOf } from "./rules";

const newIdSql = "'msg_' || replace(gen_random_uuid()::text, '-', '')";

/** Writes what is to be sent of events: an e-mail for each recipient who wants one, a message for each webhook. */
export async function putIntoOutbox(
  db: Db,
  events: readonly NotificationEvent[],
  recipients: readonly Recipient[],
): Promise<void> {
  const messages = events.map((event, position) => ({
    position,
    kind: event.kind,
    group: ruleOf(event.kind).group,
    mode: defaultEmailModes[ruleOf(event.kind).group],
    content: contentOf(event),
  }));
  const json = JSON.stringify(messages).replaceAll("\\u0000", "");
  if (getConfig().mail && recipients.length > 0) await putEmails(db, json, recipients);
  await executeOn(
    db,
    `INSERT INTO outbox_message (id, channel, kind, status, webhook_id, content, give_up_at)
     SELECT ${newIdSql}, 'webhook', m.kind, 'pending', w.id, m.content, now() + $2 * interval '1 millisecond'
     FROM jsonb_to_recordset($1::jsonb) AS m(kind text, "group" text, content jsonb)
     JOIN webhook w ON w.enabled AND m."group" = ANY(w.groups)`,
    [json, giveUpMs],
    "outbox_webhooks",
  );
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
