import { AsyncLocalStorage } from "node:async_hooks";
import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@/lib/kernel/errors";
import type { PersonActor } from "../auth";
import { seal, unseal } from "../crypto";
import type { Db } from "../db";
import { withCommitHook } from "../db/commit-hook";
import {
  claimKey,
  deleteOldKeys,
  deleteUncommitted,
  findRecord,
  type IdempotencyRecord,
  markCommitted,
  storeReply,
} from "./idempotency-store";

const waitMs = 5_000;
const pollMs = 50;

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
    if (await claimKey(claim)) return { claim };
    const row = await findRecord(key.userId, key.key);
    if (row && row.requestHash !== key.requestHash) {
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

/**
 * Carries a request out. Its key is marked in the very transaction that changes something, so that what was done is
 * never done again, wherever the process dies; and a claim that was taken over can commit nothing any more.
 */
export async function asAttempt<T>(claim: IdempotencyClaim, work: () => Promise<T>): Promise<T> {
  const mark = async (db: Db) => {
    if (!(await markCommitted(db, claim)))
      throw new AppError("conflict", "Another request with this Idempotency-Key took over.");
  };
  return await attempt.run(claim, () => withCommitHook(mark, work));
}

/**
 * Keeps the answer of the request in hand as part of the caller's transaction: should the process die before it
 * answers, a repetition of the request is answered the same. Nothing happens for a request without a key.
 */
export async function keepReply(db: Db, reply: StoredReply): Promise<void> {
  const claim = attempt.getStore();
  if (claim) await storeReply(claim, reply.status, sealBody(claim, reply), db);
}

/** Keeps the answer of the first request. */
export async function finishIdempotent(claim: IdempotencyClaim, reply: StoredReply): Promise<void> {
  await storeReply(claim, reply.status, sealBody(claim, reply));
}

/** Keeps that the first request was answered with a secret, and not the answer: it is shown once. */
export async function finishWithSecret(claim: IdempotencyClaim, status: number): Promise<void> {
  await storeReply(claim, status, { secret: true });
}

/** Gives the key free again after a request that changed nothing, so that it can be tried again. */
export async function abandonIdempotent(claim: IdempotencyClaim): Promise<void> {
  await deleteUncommitted(claim);
}

/** Forgets keys older than a day; for the housekeeping worker. Answers how many. */
export async function pruneIdempotencyRecords(): Promise<number> {
  return await deleteOldKeys();
}

/** Sealed: an answer says what its caller may see. */
function sealBody(key: IdempotencyKey, { body }: StoredReply): { sealed: string } {
  return { sealed: seal(JSON.stringify(body ?? null), replyContext(key.userId, key.key)) };
}

function openBody(key: IdempotencyKey, body: IdempotencyRecord["body"]): unknown {
  return body?.sealed ? JSON.parse(unseal(body.sealed, replyContext(key.userId, key.key))) : null;
}

/** What the answer of a request with a key is sealed for. */
export function replyContext(userId: string, key: string): string {
  return `idempotency:${userId}:${key}`;
}
