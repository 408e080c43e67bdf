import { sql } from "kysely";
import { userRows } from "@/lib/features/users/joins";
import { type Db, now, rowOf, rowsOf, statements, type Tx, writtenBy } from "@/lib/platform/db";
import type { MessageContent } from "./content";
import { type DeliveryStatus, deliveryDto, type MessageKind, type WebhookFormat } from "./schema";

/** The webhook that a message goes to. */
export interface Destination {
  id: string;
  name: string;
  url: string;
  format: WebhookFormat;
  sealed: string;
  enabled: boolean;
}

/** A message that this worker may send now, with where it goes. */
export interface ClaimedMessage {
  id: string;
  channel: "email" | "webhook";
  /** As it was written, also by another version: webhooks get it unchanged. */
  kind: string;
  content: unknown;
  /** This one included. */
  attempts: number;
  createdAt: Date;
  email: string | null;
  /** Whether the user who gets the e-mail is disabled. */
  disabled: boolean;
  webhook: Destination | null;
}

const inMs = (ms: number) => sql<Date>`now() + ${ms} * interval '1 millisecond'`;

/**
 * Takes a message that is due and that no worker sends, in one statement; or null. Each claim counts as an attempt, so
 * one that killed its worker is not repeated for ever. The column keeps milliseconds: a
 * message that is due now may have been rounded up to the next one.
 */
export async function claimMessage(id: string, leaseMs: number): Promise<ClaimedMessage | null> {
  const row = await rowOf(
    statements
      .with("claimed", (db) =>
        db
          .updateTable("outbox_message")
          .set((eb) => ({ attempts: eb("attempts", "+", 1), lease_until: inMs(leaseMs) }))
          .where("id", "=", id)
          .where("status", "=", "pending")
          .where("next_attempt_at", "<", inMs(1))
          .where((eb) => eb.or([eb("lease_until", "is", null), eb("lease_until", "<", now)]))
          .returningAll(),
      )
      .selectFrom("claimed as c")
      .leftJoin(userRows.as("u"), "u.id", "c.user_id")
      .leftJoin("webhook as w", "w.id", "c.webhook_id")
      .select(["c.id", "c.channel", "c.kind", "c.content", "c.attempts", "c.created_at as createdAt"])
      .select(["u.email", "u.disabled_at as disabledAt"])
      .select(["w.id as webhookId", "w.name", "w.url", "w.format", "w.sealed", "w.enabled"]),
  );
  if (!row) return null;
  const { webhookId, name, url, format, sealed, enabled, disabledAt, ...message } = row;
  // The columns of a webhook that is there are never null.
  const webhook =
    webhookId === null ? null : ({ id: webhookId, name, url, format, sealed, enabled } as Destination);
  return { ...message, disabled: disabledAt !== null, webhook };
}

/** Ids of messages that are due and that no worker sends, the longest due first. */
export async function listDueMessages(limit: number): Promise<string[]> {
  const due = statements
    .selectFrom("outbox_message")
    .select("id")
    .where("status", "=", "pending")
    .where("next_attempt_at", "<=", now)
    .where((eb) => eb.or([eb("lease_until", "is", null), eb("lease_until", "<", now)]))
    .orderBy("next_attempt_at")
    .limit(limit);
  return (await rowsOf(due)).map((row) => row.id);
}

type Attempt = Pick<ClaimedMessage, "id" | "attempts">;

/** Writes down that a message arrived, unless another attempt has begun. */
export async function setDelivered({ id, attempts }: Attempt): Promise<void> {
  await writtenBy(
    statements
      .updateTable("outbox_message")
      .set({ status: "delivered", delivered_at: now, lease_until: null, last_error: "" })
      .where("id", "=", id)
      .where("attempts", "=", attempts),
  );
}

/** Lets a message wait, or ends it when its time is over, or at once; answers whether it ended. Unless another attempt has begun. */
export async function putMessageOff(
  db: Db,
  { id, attempts }: Attempt,
  { error, delayMs, atOnce }: { error: string; delayMs: number; atOnce: boolean },
): Promise<boolean> {
  const later = inMs(delayMs);
  const moved = await rowOf(
    statements
      .updateTable("outbox_message")
      .set({
        lease_until: null,
        last_error: error,
        next_attempt_at: later,
        status: sql`CASE WHEN ${atOnce} OR ${later} > give_up_at THEN 'failed' ELSE 'pending' END::outbox_status`,
      })
      .where("id", "=", id)
      .where("attempts", "=", attempts)
      .where("status", "=", "pending")
      .returning("status"),
    db,
  );
  return moved?.status === "failed";
}

/** Has a failed message sent again; false where none failed. */
export async function retryMessage(db: Db, id: string, giveUpMs: number): Promise<boolean> {
  const again = statements
    .updateTable("outbox_message")
    .set({ status: "pending", attempts: 0, next_attempt_at: now, give_up_at: inMs(giveUpMs) })
    .where("id", "=", id)
    .where("status", "=", "failed");
  return (await writtenBy(again, db)) > 0;
}

/** A message to one user or one webhook. */
export interface NewMessage {
  id: string;
  to: { userId: string } | { webhookId: string };
  kind: MessageKind;
  content: MessageContent;
  giveUpMs: number;
}

/** Writes a message that is due at once. */
export async function insertMessage(db: Db, { id, to, kind, content, giveUpMs }: NewMessage): Promise<void> {
  const destination =
    "userId" in to
      ? { channel: "email" as const, user_id: to.userId }
      : { channel: "webhook" as const, webhook_id: to.webhookId };
  const text = JSON.stringify(content);
  await writtenBy(
    statements
      .insertInto("outbox_message")
      .values({ id, kind, status: "pending", content: text, give_up_at: inMs(giveUpMs), ...destination }),
    db,
  );
}

/** Users whose daily digest is due. */
export async function listDueDigests(limit: number): Promise<string[]> {
  const due = statements
    .selectFrom("outbox_message")
    .select("user_id as userId")
    .distinct()
    .where("status", "=", "digest")
    .where("next_attempt_at", "<=", now)
    .limit(limit);
  return (await rowsOf(due)).flatMap(({ userId }) => userId ?? []);
}

/** Takes out what waits for a user's daily digest and is due. */
export async function takeDigestMessages(
  tx: Tx,
  userId: string,
): Promise<{ content: unknown; createdAt: Date }[]> {
  return await rowsOf(
    statements
      .deleteFrom("outbox_message")
      .where("user_id", "=", userId)
      .where("status", "=", "digest")
      .where("next_attempt_at", "<=", now)
      .returning(["content", "created_at as createdAt"]),
    tx,
  );
}

/** Which messages are listed. */
export interface MessageFilter {
  status?: DeliveryStatus | undefined;
  webhook?: string | undefined;
}

/** Messages after a cursor, with the name of who gets them, newest first; at most `limit`. What waits for a digest is left out. */
export async function listMessages(
  { status, webhook }: MessageFilter,
  after: { at: string; id: string } | undefined,
  limit: number,
) {
  let list = statements
    .selectFrom("outbox_message as m")
    .leftJoin("webhook as w", "w.id", "m.webhook_id")
    .leftJoin(userRows.as("u"), "u.id", "m.user_id")
    .select(["m.id", "m.channel", "m.kind", "m.status", "m.attempts", "m.last_error as lastError"])
    .select(["m.created_at as createdAt", "m.next_attempt_at as nextAttemptAt"])
    .select((eb) => [
      "m.delivered_at as deliveredAt",
      eb.fn.coalesce("w.name", "u.name", sql.lit("")).as("to"),
      sql<string>`m.content->>'title'`.as("title"),
    ])
    .$narrowType<{ status: DeliveryStatus }>()
    .where("m.status", "<>", "digest")
    .orderBy("m.created_at", "desc")
    .orderBy("m.id", "desc")
    .limit(limit);
  if (status) list = list.where("m.status", "=", status);
  if (webhook !== undefined) list = list.where("m.webhook_id", "=", webhook);
  if (after)
    list = list.where((eb) =>
      eb(eb.refTuple("m.created_at", "m.id"), "<", eb.tuple(new Date(after.at), after.id)),
    );
  return (await rowsOf(list)).map((row) => ({ ...row, kind: kindSchema.parse(row.kind) }));
}

// Another version may have written others.
const kindSchema = deliveryDto.shape.kind.catch(null);
