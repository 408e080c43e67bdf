import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@/lib/kernel/errors";
import { seal, unseal } from "../crypto";
import { execute, query } from "../db";

const waitMs = 5_000;
const pollMs = 50;
/** A first request that has not answered after this long died with its process. */
const abandonedMs = 120_000;

export interface StoredReply {
  status: number;
  body: unknown;
}

export interface IdempotencyKey {
  userId: string;
  key: string;
  requestHash: string;
}

interface RecordRow {
  request_hash: string;
  status: number | null;
  body: { sealed?: string } | null;
}

/**
 * The idempotency key of a write; null without one.
 * @throws AppError `invalid_request` for a key that is empty, too long or not plain ASCII
 */
export function readIdempotencyKey(request: Request, userId: string, body: Buffer): IdempotencyKey | null {
  const key = request.headers.get("idempotency-key");
  if (key === null) return null;
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new AppError("invalid_request", "Idempotency-Key must be 1 to 200 visible ASCII characters.");
  }
  const url = new URL(request.url);
  const hash = createHash("sha256").update(`${request.method} ${url.pathname}${url.search}\n`).update(body);
  return { userId, key, requestHash: hash.digest("hex") };
}

/**
 * Claims a key for its first request (answers null), or answers what that request was answered.
 * @throws AppError `idempotency_mismatch` when the key belongs to another request, `conflict` while the first one is
 *   still being answered after 5 s
 */
export async function beginIdempotent(key: IdempotencyKey): Promise<StoredReply | null> {
  const untilMs = Date.now() + waitMs;
  for (;;) {
    if (await claim(key)) return null;
    const [row] = await query<RecordRow>(
      "SELECT request_hash, status, body FROM idempotency_record WHERE user_id = $1 AND key = $2",
      [key.userId, key.key],
    );
    if (row && row.request_hash !== key.requestHash) {
      throw new AppError("idempotency_mismatch", "This Idempotency-Key was used for a different request.");
    }
    if (row?.status != null) return { status: row.status, body: openBody(key, row.body) };
    if (Date.now() >= untilMs) {
      throw new AppError("conflict", "The first request with this Idempotency-Key is still being answered.");
    }
    await sleep(pollMs);
  }
}

async function claim(key: IdempotencyKey): Promise<boolean> {
  const sql = `INSERT INTO idempotency_record (user_id, key, request_hash) VALUES ($1, $2, $3)
    ON CONFLICT (user_id, key) DO UPDATE SET created_at = now()
      WHERE idempotency_record.status IS NULL AND idempotency_record.request_hash = excluded.request_hash
        AND idempotency_record.created_at < now() - interval '${abandonedMs} milliseconds'`;
  return (await execute(sql, [key.userId, key.key, key.requestHash])) === 1;
}

/** Keeps the answer of the first request. Sealed: an answer may show a new token once. */
export async function finishIdempotent(key: IdempotencyKey, reply: StoredReply): Promise<void> {
  const sealed = seal(JSON.stringify(reply.body ?? null), contextOf(key));
  await execute("UPDATE idempotency_record SET status = $3, body = $4 WHERE user_id = $1 AND key = $2", [
    key.userId,
    key.key,
    reply.status,
    { sealed },
  ]);
}

/** Gives the key free again after a request that changed nothing, so that it can be tried again. */
export async function abandonIdempotent(key: IdempotencyKey): Promise<void> {
  await execute("DELETE FROM idempotency_record WHERE user_id = $1 AND key = $2 AND status IS NULL", [
    key.userId,
    key.key,
  ]);
}

/** Forgets keys older than a day; for the housekeeping worker. Answers how many. */
export async function pruneIdempotencyRecords(): Promise<number> {
  return await execute("DELETE FROM idempotency_record WHERE created_at < now() - interval '1 day'");
}

function openBody(key: IdempotencyKey, body: RecordRow["body"]): unknown {
  return body?.sealed ? JSON.parse(unseal(body.sealed, contextOf(key))) : null;
}

function contextOf(key: IdempotencyKey): string {
  return `idempotency:${key.userId}:${key.key}`;
}
