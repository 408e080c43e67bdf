import { sql } from "kysely";
import { type Prisma, rowOf, rowsOf, statements, type Tx } from "@/lib/platform/db";
import type { EventGroup, WebhookFormat } from "./schema";

const messages = statements
  .selectFrom("outbox_message as m")
  .where("m.webhook_id", "=", sql.ref<string>("w.id"));

const webhooks = statements
  .selectFrom("webhook as w")
  .select(["w.id", "w.name", "w.url", "w.format", "w.groups", "w.enabled"])
  .select(["w.created_at as createdAt", "w.updated_at as updatedAt"])
  .select([
    messages.select((eb) => eb.fn.max<Date | null>("m.delivered_at").as("at")).as("lastDeliveredAt"),
    messages
      .where("m.status", "=", "failed")
      .select(sql<number>`count(*)::int`.as("count"))
      .$asScalar()
      .$notNull()
      .as("failed"),
  ])
  .$narrowType<{ format: WebhookFormat; groups: EventGroup[] }>();

export type WebhookRow = Awaited<ReturnType<typeof listWebhookRows>>[number];

/** All webhooks with what became of their messages, by name. */
export async function listWebhookRows() {
  return await rowsOf(webhooks.orderBy("w.name").orderBy("w.id"));
}

/** One webhook with what became of its messages, or null. */
export async function findWebhook(id: string) {
  return await rowOf(webhooks.where("w.id", "=", id));
}

/** How many webhooks there are. */
export async function countWebhooks(tx: Tx): Promise<number> {
  return await tx.prisma.webhook.count();
}

/** Writes a new webhook. */
export async function insertWebhook(tx: Tx, data: Prisma.WebhookUncheckedCreateInput): Promise<void> {
  await tx.prisma.webhook.create({ data, select: { id: true } });
}

/** Changes what is named; false where there is no such webhook. */
export async function changeWebhook(
  tx: Tx,
  id: string,
  data: Prisma.WebhookUpdateManyMutationInput,
): Promise<boolean> {
  const { count } = await tx.prisma.webhook.updateMany({ where: { id }, data });
  return count > 0;
}

/** Deletes a webhook and its messages; answers its name, or null where there is none. */
export async function removeWebhook(tx: Tx, id: string): Promise<string | null> {
  const found = await tx.prisma.webhook.findUnique({ where: { id }, select: { name: true } });
  const { count } = await tx.prisma.webhook.deleteMany({ where: { id } });
  return found && count > 0 ? found.name : null;
}

/** Whether a webhook is enabled; null where there is none. */
export async function findWebhookEnabled(tx: Tx, id: string): Promise<boolean | null> {
  const webhook = await tx.prisma.webhook.findUnique({ where: { id }, select: { enabled: true } });
  return webhook?.enabled ?? null;
}
