import { AppError, notFound } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { seal } from "@/lib/platform/crypto";
import { inTransaction, lockUntilCommit } from "@/lib/platform/db";
import { AddressError, judgeUnresolved, parseAddress } from "@/lib/platform/outgoing";
import type { MessageContent } from "./content";
import { webhookContext } from "./deliver";
import { giveUpMs } from "./rules";
import type { WebhookCreate, WebhookCreated, WebhookDto, WebhookUpdate } from "./schema";
import { insertMessage } from "./store-outbox";
import {
  changeWebhook,
  countWebhooks,
  findWebhook,
  findWebhookEnabled,
  insertWebhook,
  listWebhookRows,
  removeWebhook,
  type WebhookRow,
} from "./store-webhooks";
import { newWebhookSecret } from "./webhook-message";

const mostWebhooks = 50;

/** All webhooks, without their paths and secrets. */
export async function listWebhooks(actor: Actor): Promise<WebhookDto[]> {
  requirePermission(actor, "settings.read");
  return (await listWebhookRows()).map(toDto);
}

/** @throws AppError validation_failed for an address that cannot be used, conflict when there are too many */
export async function createWebhook(actor: Actor, input: WebhookCreate): Promise<WebhookCreated> {
  requirePermission(actor, "settings.manage");
  const url = requireAddress(input.url);
  const id = newId("webhook");
  const secret = newWebhookSecret();
  await inTransaction(async (tx) => {
    // Two at once must not both be the last one.
    await lockUntilCommit(tx, "number of webhooks");
    if ((await countWebhooks(tx)) >= mostWebhooks)
      throw new AppError("conflict", `The limit of ${mostWebhooks} webhooks is reached. Delete one first.`);
    const { name, format, groups } = input;
    const sealed = seal(secret, webhookContext(id));
    await insertWebhook(tx, { id, name, url, format, groups, sealed, createdById: actor.userId });
    await recordAudit(tx, {
      ...{ actor, action: "webhook.create", objectType: "webhook", objectId: id },
      detail: { name, address: shownAddress(url), format, groups },
    });
  });
  return { ...(await getWebhook(id)), secret };
}

/** Changes what is named; the secret stays. @throws AppError as `createWebhook`, not_found */
export async function updateWebhook(actor: Actor, id: string, change: WebhookUpdate): Promise<WebhookDto> {
  requirePermission(actor, "settings.manage");
  const url = change.url === undefined ? undefined : requireAddress(change.url);
  await inTransaction(async (tx) => {
    const { url: _url, ...detail } = change;
    if (!(await changeWebhook(tx, id, { ...detail, ...(url !== undefined && { url }) })))
      throw notFound("The webhook");
    await recordAudit(tx, {
      ...{ actor, action: "webhook.update", objectType: "webhook", objectId: id },
      detail: { ...detail, ...(url !== undefined && { address: shownAddress(url) }) },
    });
  });
  return await getWebhook(id);
}

/** Deletes it, and what still waits to be sent to it. @throws AppError not_found */
export async function deleteWebhook(actor: Actor, id: string): Promise<void> {
  requirePermission(actor, "settings.manage");
  await inTransaction(async (tx) => {
    const name = await removeWebhook(tx, id);
    if (name === null) throw notFound("The webhook");
    await recordAudit(tx, {
      ...{ actor, action: "webhook.delete", objectType: "webhook", objectId: id },
      detail: { name },
    });
  });
}

/** Has a test message sent. @throws AppError not_found, conflict when it is turned off */
export async function testWebhook(actor: Actor, id: string): Promise<{ messageId: string }> {
  requirePermission(actor, "settings.manage");
  const content: MessageContent = {
    title: "Test message from Rostrum",
    body: `${actor.name} sent this message to test the webhook.`,
    href: "/admin/settings",
    facts: [],
    projectId: null,
    environmentId: null,
    items: [],
  };
  const messageId = newId("message");
  await inTransaction(async (tx) => {
    const enabled = await findWebhookEnabled(tx, id);
    if (enabled === null) throw notFound("The webhook");
    if (!enabled) throw new AppError("conflict", "The webhook is disabled. Enable it first.");
    await insertMessage(tx, { id: messageId, to: { webhookId: id }, kind: "test", content, giveUpMs });
    await recordAudit(tx, { actor, action: "webhook.test", objectType: "webhook", objectId: id });
  });
  return { messageId };
}

async function getWebhook(id: string): Promise<WebhookDto> {
  const row = await findWebhook(id);
  if (!row) throw notFound("The webhook");
  return toDto(row);
}

/** What can be seen without asking; the name is judged again with every connection. */
function requireAddress(text: string): string {
  try {
    const address = parseAddress(text, ["https:", "http:"]);
    judgeUnresolved(address);
    return address.href;
  } catch (cause) {
    if (!(cause instanceof AddressError)) throw cause;
    const message = `${cause.message}.`;
    throw new AppError("validation_failed", message, { problems: [{ path: "url", message }], cause });
  }
}

/** Paths of Slack and Teams are secrets: one who has it may write there. */
const shownAddress = (url: string) => new URL(url).origin;

function toDto({ url, ...row }: WebhookRow): WebhookDto {
  return {
    ...row,
    address: shownAddress(url),
    lastDeliveredAt: row.lastDeliveredAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
