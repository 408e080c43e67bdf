import { sql } from "kysely";
import { type Db, getPrisma, now, pooled, statements, writtenBy } from "../db";

/** One attempt at carrying out a request with a key. */
export interface Attempt {
  userId: string;
  key: string;
  claimId: string;
}

/** How a request with a key stands. */
export interface IdempotencyRecord {
  requestHash: string;
  /** Null while the first request is being answered. */
  status: number | null;
  body: { sealed?: string; secret?: true } | null;
  committed: boolean;
}

/** A first request that has committed nothing for so long may be taken over; its process is probably gone. */
const abandoned = sql<Date>`now() - interval '20 seconds'`;

/**
 * Takes a key for an attempt: a new one, or that of the same request which was abandoned. Of several at once one succeeds.
 * @returns whether it has the key
 */
export async function claimKey(attempt: Attempt & { requestHash: string }): Promise<boolean> {
  const insert = statements
    .insertInto("idempotency_record")
    .values({
      user_id: attempt.userId,
      key: attempt.key,
      request_hash: attempt.requestHash,
      claim_id: attempt.claimId,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["user_id", "key"])
        .doUpdateSet((eb) => ({ created_at: now, claim_id: eb.ref("excluded.claim_id") }))
        .where("idempotency_record.status", "is", null)
        .where("idempotency_record.committed_at", "is", null)
        .whereRef("idempotency_record.request_hash", "=", "excluded.request_hash")
        .where("idempotency_record.created_at", "<", abandoned),
    );
  return (await writtenBy(insert)) === 1;
}

/** How the request of a key stands; null when there is none. */
export async function findRecord(userId: string, key: string): Promise<IdempotencyRecord | null> {
  const row = await getPrisma().idempotencyRecord.findUnique({
    where: { userId_key: { userId, key } },
    select: { requestHash: true, status: true, body: true, committedAt: true },
  });
  if (!row) return null;
  const { requestHash, status, committedAt } = row;
  return {
    requestHash,
    status,
    body: row.body as IdempotencyRecord["body"],
    committed: committedAt !== null,
  };
}

/** Marks in the transaction under way that it carries the request out. @returns whether the attempt has the key */
export async function markCommitted(db: Db, attempt: Attempt): Promise<boolean> {
  const mark = statements
    .updateTable("idempotency_record")
    .set({ committed_at: sql<Date>`coalesce(committed_at, now())` })
    .where("user_id", "=", attempt.userId)
    .where("key", "=", attempt.key)
    .where("claim_id", "=", attempt.claimId);
  return (await writtenBy(mark, db)) > 0;
}

/** Keeps what the request was answered, unless another attempt has the key. */
export async function storeReply(
  attempt: Attempt,
  status: number,
  body: NonNullable<IdempotencyRecord["body"]>,
  db: Db = pooled,
): Promise<void> {
  const finish = statements
    .updateTable("idempotency_record")
    .set({ status, body: JSON.stringify(body) })
    .where("user_id", "=", attempt.userId)
    .where("key", "=", attempt.key)
    .where("claim_id", "=", attempt.claimId);
  await writtenBy(finish, db);
}

/** Deletes the key of an attempt that committed nothing and was not answered. */
export async function deleteUncommitted(attempt: Attempt): Promise<void> {
  const free = statements
    .deleteFrom("idempotency_record")
    .where("user_id", "=", attempt.userId)
    .where("key", "=", attempt.key)
    .where("claim_id", "=", attempt.claimId)
    .where("status", "is", null)
    .where("committed_at", "is", null);
  await writtenBy(free);
}

/** Deletes keys older than a day. @returns how many */
export async function deleteOldKeys(): Promise<number> {
  const yesterday = sql<Date>`now() - interval '1 day'`;
  return await writtenBy(statements.deleteFrom("idempotency_record").where("created_at", "<", yesterday));
}
