import { getConfig } from "@/lib/platform/config";
import type { Db } from "@/lib/platform/db";
import { type InboxRow, insertEmails, insertInboxAndWebhookMessages } from "./boxes.sql";
import type { MessageContent } from "./content";
import type { NotificationEvent } from "./recipients";
import type { Recipient } from "./recipients.sql";
import { defaultEmailModes, giveUpMs, nextDigestAt, ruleOf } from "./rules";

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
  if (getConfig().mail && recipients.length > 0)
    await insertEmails(db, recipients, messages, { digestAt: nextDigestAt(new Date()), giveUpMs });
  await insertInboxAndWebhookMessages(db, inbox, messages, giveUpMs);
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
