import { z } from "zod";
import { notFound } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { decodeCursor, type Page, type PageQuery, toPage } from "@/lib/platform/http";
import { giveUpMs } from "./rules";
import type { DeliveryDto } from "./schema";
import { listMessages, type MessageFilter, retryMessage } from "./store-outbox";

export interface DeliveryFilter extends PageQuery, MessageFilter {}

/** What was sent and what waits, newest first. What messages say besides their title stays with their receivers. */
export async function listDeliveries(actor: Actor, filter: DeliveryFilter): Promise<Page<DeliveryDto>> {
  requirePermission(actor, "settings.read");
  const after = decodeCursor(filter.cursor, z.object({ at: z.iso.datetime(), id: z.string() }));
  const rows = await listMessages(filter, after, filter.limit + 1);
  return toPage(
    rows,
    filter.limit,
    (row) => ({ at: row.createdAt.toISOString(), id: row.id }),
    (row) => ({
      ...row,
      createdAt: row.createdAt.toISOString(),
      nextAttemptAt: row.status === "pending" ? row.nextAttemptAt.toISOString() : null,
      deliveredAt: row.deliveredAt?.toISOString() ?? null,
    }),
  );
}

/** Has a message that was given up sent again, with the same id. @throws AppError not_found for one that did not fail */
export async function retryDelivery(actor: Actor, id: string): Promise<void> {
  requirePermission(actor, "settings.manage");
  await inTransaction(async (tx) => {
    if (!(await retryMessage(tx, id, giveUpMs))) throw notFound("A failed message with this ID");
    await recordAudit(tx, { actor, action: "delivery.retry", objectType: "message", objectId: id });
  });
}
