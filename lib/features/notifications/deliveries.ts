import { z } from "zod";
import { notFound } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query, withSqlTransaction } from "@/lib/platform/db";
import { decodeCursor, type Page, type PageQuery, toPage } from "@/lib/platform/http";
import { giveUpMs } from "./rules";
import type { DeliveryDto, DeliveryStatus } from "./schema";

export interface DeliveryFilter extends PageQuery {
  status?: DeliveryStatus | undefined;
  webhook?: string | undefined;
}

type Row = Omit<DeliveryDto, "createdAt" | "nextAttemptAt" | "deliveredAt"> & {
  createdAt: Date;
  nextAttemptAt: Date;
  deliveredAt: Date | null;
};

/** What was sent and what waits, newest first. What messages say besides their title stays with their receivers. */
export async function listDeliveries(actor: Actor, filter: DeliveryFilter): Promise<Page<DeliveryDto>> {
  requirePermission(actor, "settings.read");
  const after = decodeCursor(filter.cursor, z.object({ at: z.iso.datetime(), id: z.string() }));
  const rows = await query<Row>(
    `SELECT m.id, m.channel::text AS channel, m.kind, coalesce(w.name, u.name, '') AS "to", m.content->>'title' AS title,
       m.status::text AS status, m.attempts, m.last_error AS "lastError", m.created_at AS "createdAt",
       m.next_attempt_at AS "nextAttemptAt", m.delivered_at AS "deliveredAt"
     FROM outbox_message m LEFT JOIN webhook w ON w.id = m.webhook_id LEFT JOIN app_user u ON u.id = m.user_id
     WHERE m.status <> 'digest' AND ($1::text IS NULL OR m.status::text = $1) AND ($2::text IS NULL OR m.webhook_id = $2)
       AND ($3::timestamptz IS NULL OR (m.created_at, m.id) < ($3, $4))
     ORDER BY m.created_at DESC, m.id DESC LIMIT $5`,
    [filter.status ?? null, filter.webhook ?? null, after?.at ?? null, after?.id ?? "", filter.limit + 1],
  );
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
  await withSqlTransaction(async (client) => {
    const moved = await client.query(
      `UPDATE outbox_message SET status = 'pending', attempts = 0, next_attempt_at = now(),
         give_up_at = now() + $2 * interval '1 millisecond' WHERE id = $1 AND status = 'failed'`,
      [id, giveUpMs],
    );
    if (moved.rowCount === 0) throw notFound("A failed message with this ID");
    await recordAudit(client, { actor, action: "delivery.retry", objectType: "message", objectId: id });
  });
}
