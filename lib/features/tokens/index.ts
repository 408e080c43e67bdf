import { AppError, notFound } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import type { Actor, PersonActor, Scope } from "@/lib/platform/auth";
import { hashToken, randomToken } from "@/lib/platform/crypto";
import { query, withTransaction } from "@/lib/platform/db";
import type { TokenCreate, TokenCreatedDto, TokenDto } from "./schema";

const dayMs = 24 * 3_600_000;

interface Row {
  id: string;
  name: string;
  prefix: string;
  scopes: Scope[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

/** A person's living tokens, newest first. */
export async function listTokens(actor: { userId: string }): Promise<TokenDto[]> {
  const rows = await query<Row>(
    `SELECT id, name, prefix, scopes, created_at AS "createdAt", expires_at AS "expiresAt", last_used_at AS "lastUsedAt"
       FROM api_token WHERE user_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
      ORDER BY created_at DESC, id DESC LIMIT 200`,
    [actor.userId],
  );
  return rows.map(toDto);
}

/**
 * A new token for a person. A token cannot make one that may do more than itself, nor one that outlives it: a leaked
 * token is over when it is over.
 * @throws AppError `forbidden`
 */
export async function createToken(actor: PersonActor, input: TokenCreate): Promise<TokenCreatedDto> {
  const held = actor.scopes;
  const surplus = held && !held.has("admin") ? input.scopes.filter((scope) => !held.has(scope)) : [];
  if (surplus.length > 0) {
    throw new AppError("forbidden", `This token may not hand out the scope ${surplus.join(", ")}.`);
  }
  return await issueToken(actor, actor.userId, input, await ownEnd(actor));
}

/** When the token somebody acts with ends; null for never, and in a session. */
async function ownEnd(actor: PersonActor): Promise<Date | null> {
  if (actor.via !== "token") return null;
  const [row] = await query<{ expiresAt: Date | null }>(
    `SELECT expires_at AS "expiresAt" FROM api_token WHERE id = $1`,
    [actor.credentialId],
  );
  return row?.expiresAt ?? null;
}

/** A token for somebody, as an administrator's command line makes it. */
export async function issueToken(
  actor: Actor,
  userId: string,
  input: TokenCreate,
  latest: Date | null = null,
): Promise<TokenCreatedDto> {
  const token = `rst_${randomToken(32)}`;
  const scopes = [...new Set(input.scopes)];
  const asked = input.expiresInDays === null ? null : new Date(Date.now() + input.expiresInDays * dayMs);
  const expiresAt = latest !== null && (asked === null || asked > latest) ? latest : asked;
  const row = await withTransaction(async (tx) => {
    const made = await tx.apiToken.create({
      data: {
        id: newId("token"),
        userId,
        name: input.name,
        prefix: token.slice(0, 10),
        hash: hashToken(token),
        scopes,
        expiresAt,
      },
    });
    await recordAudit(tx, {
      actor,
      action: "token.create",
      objectType: "token",
      objectId: made.id,
      detail: { name: input.name, scopes, expiresAt, userId },
    });
    return made;
  });
  return { ...toDto({ ...row, scopes }), token };
}

/** Ends a token at once. @throws AppError `not_found` for somebody else's */
export async function revokeToken(actor: PersonActor, id: string): Promise<void> {
  await revokeTokenOf(actor, actor.userId, id);
}

/** Ends a person's token, as an administrator's command line does. @throws AppError `not_found` */
export async function revokeTokenOf(actor: Actor, userId: string, id: string): Promise<void> {
  await withTransaction(async (tx) => {
    const { count } = await tx.apiToken.updateMany({
      where: { id, userId, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    if (count === 0) throw notFound("The token");
    await recordAudit(tx, { actor, action: "token.revoke", objectType: "token", objectId: id });
  });
}

function toDto(row: Row): TokenDto {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
