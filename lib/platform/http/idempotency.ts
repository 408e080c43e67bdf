import { AsyncLocalStorage } from "node:async_hooks";
import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@/lib/kernel/errors";
import { type Db, executeOn } from "../audit";
import type { PersonActor } from "../auth";
import { seal, unseal } from "../crypto";
import { execute, query } from "../db";
import { withCommitHook } from "../db/commit-hook";

const waitMs = 5_000;
const pollMs = 50;
/** A first request that has committed nothing for so long may be taken over; its process is probably gone. */
const abandonedMs = 20_000;

export interface StoredReply {
  status: number;
  body: unknown;
}

export interface IdempotencyKey {
  userId: string;
  key: string;
  requestHash: string;
}

/** One attempt at carrying out a request with a key. Of several only one can commit. */
export interface IdempotencyClaim extends IdempotencyKey {
  claimId: string;
}

interface RecordRow {
  request_hash: string;
  status: number | null;
  body: { sealed?: string; secret?: true } | null;
  committed: boolean;
}

const attempt = new AsyncLocalStorage<IdempotencyClaim>();

/** Whose key it is: the person, and the token or session they use. */
export type KeyHolder = Pick<PersonActor, "userId" | "via" | "credentialId">;

/**
 * The idempotency key of a write; null without one. The request it stands for includes the credential: another one of the
 * same person may do less, so it is never answered what the first one was.
 * @throws AppError `invalid_request` for a key that is empty, too long or not plain ASCII
 */
export function readIdempotencyKey(
  request: Request,
  { userId, via, credentialId }: KeyHolder,
  body: Buffer,
): IdempotencyKey | null {
  const key = request.headers.get("idempotency-key");
  if (key === null) return null;
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new AppError("invalid_request", "Idempotency-Key must be 1 to 200 visible ASCII characters.");
  }
  const url = new URL(request.url);
  const hash = createHash("sha256")
    .update(`${via} ${credentialId}\n${request.method} ${url.pathname}${url.search}\n`)
    .update(body);
  return { userId, key, requestHash: hash.digest("hex") };
}

/**
 * Claims a key for its first request, or answers what that request was answered.
 * @throws AppError `idempotency_mismatch` when the key belongs to another request, `conflict` while the first one is
 *   still being answered after 5 s, or when it was carried out but its answer is lost
 */
export async function beginIdempotent(
  key: IdempotencyKey,
): Promise<{ claim: IdempotencyClaim } | { reply: StoredReply }> {
  const claim = { ...key, claimId: randomUUID() };
  const untilMs = Date.now() + waitMs;
  for (;;) {
    if (await take(claim)) return { claim };
    const [row] = await query<RecordRow>(
      `SELECT request_hash, status, body, committed_at IS NOT NULL AS committed
         FROM idempotency_record WHERE user_id = $1 AND key = $2`,
      [key.userId, key.key],
    );
    if (row && row.request_hash !== key.requestHash) {
      throw new AppError("idempotency_mismatch", "This Idempotency-Key was used for a different request.");
    }
    if (row?.body?.secret) throw answeredSecret();
    if (row?.status != null) return { reply: { status: row.status, body: openBody(key, row.body) } };
    if (Date.now() >= untilMs) throw unanswered(row?.committed === true);
    await sleep(pollMs);
  }
}

function answeredSecret(): AppError {
  return new AppError(
    "conflict",
    "The first request with this Idempotency-Key succeeded. The response contained a secret, which is returned only once. Check its result.",
  );
}

function unanswered(committed: boolean): AppError {
  return new AppError(
    "conflict",
    committed
      ? "The first request with this Idempotency-Key succeeded, but its response was lost. Check its result before you retry."
      : "A request with this Idempotency-Key is in progress. Retry shortly.",
  );
}

async function take(claim: IdempotencyClaim): Promise<boolean> {
  const sql = `INSERT INTO idempotency_record (user_id, key, request_hash, claim_id) VALUES ($1, $2, $3, $4)
    ON CONFLICT (user_id, key) DO UPDATE SET created_at = now(), claim_id = excluded.claim_id
      WHERE idempotency_record.status IS NULL AND idempotency_record.committed_at IS NULL
        AND idempotency_record.request_hash = excluded.request_hash
        AND idempotency_record.created_at < now() - interval '${abandonedMs} milliseconds'`;
  return (await execute(sql, [claim.userId, claim.key, claim.requestHash, claim.claimId])) === 1;
}

/**
 * Carries a request out. Its key is marked in the very transaction that changes something, so that what was done is
 * never done again, wherever the process dies; and a claim that was taken over can commit nothing any more.
 */
export async function asAttempt<T>(claim: IdempotencyClaim, work: () => Promise<T>): Promise<T> {
  const mark = async (db: Db) => {
    const marked = await executeOn(
      db,
      `UPDATE idempotency_record SET committed_at = coalesce(committed_at, now())
        WHERE user_id = $1 AND key = $2 AND claim_id = $3`,
      [claim.userId, claim.key, claim.claimId],
    );
    if (marked === 0) throw new AppError("conflict", "Another request with this Idempotency-Key took over.");
  };
  return await attempt.run(claim, () => withCommitHook(mark, work));
}

/**
 * Keeps the answer of the request in hand as part of the caller's transaction: should the process die before it
 * answers, a repetition of the request is answered the same. Nothing happens for a request without a key.
 */
export async function keepReply(db: Db, reply: StoredReply): Promise<void> {
  const claim = attempt.getStore();
  if (!claim) return;
  await executeOn(db, finishSql, [
    claim.userId,
    claim.key,
    claim.claimId,
    reply.status,
    sealBody(claim, reply),
  ]);
}

const finishSql = `UPDATE idempotency_record SET status = $4, body = $5::jsonb
  WHERE user_id = $1 AND key = $2 AND claim_id = $3`;

/** Keeps the answer of the first request. */
export async function finishIdempotent(claim: IdempotencyClaim, reply: StoredReply): Promise<void> {
  await execute(finishSql, [claim.userId, claim.key, claim.claimId, reply.status, sealBody(claim, reply)]);
}

/** Keeps that the first request was answered with a secret, and not the answer: it is shown once. */
export async function finishWithSecret(claim: IdempotencyClaim, status: number): Promise<void> {
  const body = JSON.stringify({ secret: true });
  await execute(finishSql, [claim.userId, claim.key, claim.claimId, status, body]);
}

/** Gives the key free again after a request that changed nothing, so that it can be tried again. */
export async function abandonIdempotent(claim: IdempotencyClaim): Promise<void> {
  await execute(
    `DELETE FROM idempotency_record WHERE user_id = $1 AND key = $2 AND claim_id = $3
       AND status IS NULL AND committed_at IS NULL`,
    [claim.userId, claim.key, claim.claimId],
  );
}

/** Forgets keys older than a day; for the housekeeping worker. Answers how many. */
export async function pruneIdempotencyRecords(): Promise<number> {
  return await execute("DELETE FROM idempotency_record WHERE created_at < now() - interval '1 day'");
}

/** Sealed: an answer says what its caller may see. */
function sealBody(key: IdempotencyKey, { body }: StoredReply): string {
  return JSON.stringify({ sealed: seal(JSON.stringify(body ?? null), replyContext(key.userId, key.key)) });
}

function openBody(key: IdempotencyKey, body: RecordRow["body"]): unknown {
  return body?.sealed ? JSON.parse(unseal(body.sealed, replyContext(key.userId, key.key))) : null;
}

/** What the answer of a request with a key is sealed for. */
export function replyContext(userId: string, key: string): string {
  return `idempotency:${userId}:${key}`;
}
