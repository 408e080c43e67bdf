import { AppError, notFound } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import type { Actor, PersonActor } from "@/lib/platform/auth";
import { lockSession } from "@/lib/platform/auth/store";
import { hashToken, randomToken } from "@/lib/platform/crypto";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import type { TokenCreate, TokenCreatedDto, TokenDto } from "./schema";
import {
  endToken,
  insertToken,
  listLivingTokens,
  listTokensMadeWith,
  lockToken,
  type ParentToken,
  type TokenRow,
} from "./store";

export { endTokens, type TokensOf } from "./store";

const dayMs = 24 * 3_600_000;

interface Origin {
  parentId: string | null;
  sessionId: string | null;
}

/** A person's living tokens, newest first. */
export async function listTokens(actor: { userId: string }): Promise<TokenDto[]> {
  return (await listLivingTokens(actor.userId, 200)).map(toDto);
}

/**
 * A new token for a person. One that is made with a token may do no more than that one and ends with it, whether it
 * expires or is revoked: a leaked token is over when it is over. A database trigger holds the same rule.
 * @throws AppError `forbidden` for a wider scope, `unauthenticated` when the token in use has just ended
 */
export async function createToken(actor: PersonActor, input: TokenCreate): Promise<TokenCreatedDto> {
  const held = actor.scopes;
  const surplus =
    held && !held.has("admin") ? input.scopes.filter((scope) => scope !== "read" && !held.has(scope)) : [];
  if (surplus.length > 0) {
    throw new AppError("forbidden", `This token can’t grant the scope ${surplus.join(", ")}.`);
  }
  const { credentialId, via } = actor;
  return await issueToken(actor, actor.userId, input, {
    parentId: via === "token" ? credentialId : null,
    sessionId: via === "session" ? credentialId : null,
  });
}

/**
 * A token for someone, as an administrator's command line makes it.
 * @param origin the token it is made with, or the session it is made in
 */
export async function issueToken(
  actor: Actor,
  userId: string,
  input: TokenCreate,
  { parentId, sessionId }: Origin = { parentId: null, sessionId: null },
): Promise<TokenCreatedDto> {
  const token = `rst_${randomToken(32)}`;
  const scopes = [...new Set(input.scopes)];
  const asked = input.expiresInDays === null ? null : new Date(Date.now() + input.expiresInDays * dayMs);
  const row = await inTransaction(async (tx) => {
    const parent = parentId === null ? null : await requireParent(tx, parentId);
    if (sessionId !== null) await requireSession(tx, sessionId);
    const latest = parent?.expiresAt ?? null;
    const expiresAt = latest !== null && (asked === null || asked > latest) ? latest : asked;
    const made = await insertToken(tx, {
      id: newId("token"),
      userId,
      parentId,
      sessionId,
      name: input.name,
      prefix: token.slice(0, 10),
      hash: hashToken(token),
      scopes,
      expiresAt,
    });
    await recordAudit(tx, {
      actor,
      action: "token.create",
      objectType: "token",
      objectId: made.id,
      detail: { name: input.name, scopes, expiresAt, userId, parentId, sessionId },
    });
    return { ...made, parentName: parent?.name ?? null };
  });
  return { ...toDto({ ...row, scopes }), token };
}

/** @throws AppError `unauthenticated` for a session that has ended; a living one cannot end before the transaction does */
async function requireSession(tx: Tx, id: string): Promise<void> {
  if (!(await lockSession(tx, id)))
    throw new AppError("unauthenticated", "Your session expired. Sign in again.");
}

/** The living token with this id. It cannot be revoked before the transaction ends. */
async function requireParent(tx: Tx, id: string): Promise<ParentToken> {
  const parent = await lockToken(tx, id);
  if (!parent) throw new AppError("unauthenticated", "The API token is invalid, expired or revoked.");
  return parent;
}

/** Ends a token at once, and those that were made with it. @throws AppError `not_found` for someone else's */
export async function revokeToken(actor: PersonActor, id: string): Promise<void> {
  await revokeTokenOf(actor, actor.userId, id);
}

/** Ends a person's token, as an administrator's command line does. @throws AppError `not_found` */
export async function revokeTokenOf(actor: Actor, userId: string, id: string): Promise<void> {
  await inTransaction(async (tx) => {
    const alsoEnded = await listTokensMadeWith(tx, id, 200);
    if (!(await endToken(tx, userId, id))) throw notFound("The token");
    await publishEvent(tx, `user:${userId}`, "access.revoked");
    await recordAudit(tx, {
      actor,
      action: "token.revoke",
      objectType: "token",
      objectId: id,
      detail: { alsoEnded },
    });
  });
}

function toDto(row: TokenRow): TokenDto {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    parent: row.parentId === null ? null : { id: row.parentId, name: row.parentName ?? "" },
    sessionId: row.sessionId,
  };
}
