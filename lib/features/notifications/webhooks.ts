import { AppError, notFound } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { seal } from "@/lib/platform/crypto";
import { query, withSqlTransaction } from "@/lib/platform/db";
import { AddressError, judgeUnresolved, parseAddress } from "@/lib/platform/outgoing";
import type { MessageContent } from "./content";
import { webhookContext } from "./deliver";
import { giveUpMs } from "./rules";
import type { WebhookCreate, WebhookCreated, WebhookDto, WebhookUpdate } from "./schema";
import { newWebhookSecret } from "./webhook-message";

const mostWebhooks = 50;

type Row = Omit<WebhookDto, "address" | "lastDeliveredAt" | "createdAt" | "updatedAt"> & {
  url: string;
  lastDeliveredAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
};

const rowsSql = (condition: string) => `
  SELECT w.id, w.name, w.url, w.format, w.groups, w.enabled, w.created_at AS "createdAt", w.updated_at AS "updatedAt",
    (SELECT max(m.delivered_at) FROM outbox_message m WHERE m.webhook_id = w.id) AS "lastDeliveredAt",
    (SELECT count(*)::int FROM outbox_message m WHERE m.webhook_id = w.id AND m.status = 'failed') AS failed
  FROM webhook w WHERE ${condition} ORDER BY w.name, w.id`;

/** All webhooks, without their paths and secrets. */
export async function listWebhooks(actor: Actor): Promise<WebhookDto[]> {
  requirePermission(actor, "settings.read");
  return (await query<Row>(rowsSql("true"))).map(toDto);
}

/** @throws AppError validation_failed for an address that cannot be used, conflict when there are too many */
export async function createWebhook(actor: Actor, input: WebhookCreate): Promise<WebhookCreated> {
  requirePermission(actor, "settings.manage");
  const url = requireAddress(input.url);
  const id = newId("webhook");
  const secret = newWebhookSecret();
  await withSqlTransaction(async (client) => {
    const { rows } = await client.query<{ count: number }>("SELECT count(*)::int AS count FROM webhook");
    if ((rows[0]?.count ?? 0) >= mostWebhooks)
      throw new AppError("conflict", `The limit of ${mostWebhooks} webhooks is reached. Delete one first.`);
    await client.query(
      `INSERT INTO webhook (id, name, url, format, groups, sealed, created_by_id, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now())`,
      [id, input.name, url, input.format, input.groups, seal(secret, webhookContext(id)), actor.userId],
    );
    const { name, format, groups } = input;
    await recordAudit(client, {
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
  await withSqlTransaction(async (client) => {
    const moved = await client.query(
      `UPDATE webhook SET name = coalesce($2, name), url = coalesce($3, url), format = coalesce($4, format),
         groups = coalesce($5, groups), enabled = coalesce($6, enabled), updated_at = now() WHERE id = $1`,
      [id, change.name, url, change.format, change.groups, change.enabled],
    );
    if (moved.rowCount === 0) throw notFound("The webhook");
    const { url: _url, ...detail } = change;
    await recordAudit(client, {
      ...{ actor, action: "webhook.update", objectType: "webhook", objectId: id },
      detail: { ...detail, ...(url !== undefined && { address: shownAddress(url) }) },
    });
  });
  return await getWebhook(id);
}

/** Deletes it, and what still waits to be sent to it. @throws AppError not_found */
export async function deleteWebhook(actor: Actor, id: string): Promise<void> {
  requirePermission(actor, "settings.manage");
  await withSqlTransaction(async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "DELETE FROM webhook WHERE id = $1 RETURNING name",
      [id],
    );
    if (!rows[0]) throw notFound("The webhook");
    await recordAudit(client, {
      ...{ actor, action: "webhook.delete", objectType: "webhook", objectId: id },
      detail: { name: rows[0].name },
    });
  });
}

/** Has a test message sent. @throws AppError not_found, conflict when it is turned off */
export async function testWebhook(actor: Actor, id: string): Promise<{ messageId: string }> {
  requirePermission(actor, "settings.manage");
  const content: MessageContent = {
    title: "Test message from Rostrum",
    body: `${actor.name} sent this message to test the webhook.`,
    href: "/admin/notifications",
    facts: [],
    projectId: null,
    environmentId: null,
    items: [],
  };
  const messageId = newId("message");
  await withSqlTransaction(async (client) => {
    const { rows } = await client.query<{ enabled: boolean }>("SELECT enabled FROM webhook WHERE id = $1", [
      id,
    ]);
    if (!rows[0]) throw notFound("The webhook");
    if (!rows[0].enabled) throw new AppError("conflict", "The webhook is disabled. Enable it first.");
    await client.query(
      `INSERT INTO outbox_message (id, channel, kind, status, webhook_id, content, give_up_at)
       VALUES ($1, 'webhook', 'test', 'pending', $2, $3, now() + $4 * interval '1 millisecond')`,
      [messageId, id, JSON.stringify(content), giveUpMs],
    );
    await recordAudit(client, { actor, action: "webhook.test", objectType: "webhook", objectId: id });
  });
  return { messageId };
}

async function getWebhook(id: string): Promise<WebhookDto> {
  const [row] = await query<Row>(rowsSql("w.id = $1"), [id]);
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

/** Paths of Slack and Teams are secrets: whoever has one may write there. */
const shownAddress = (url: string) => new URL(url).origin;

function toDto({ url, ...row }: Row): WebhookDto {
  return {
    ...row,
    address: shownAddress(url),
    lastDeliveredAt: row.lastDeliveredAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
