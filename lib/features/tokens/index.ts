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
export async function listTokens(actor: PersonActor): Promise<TokenDto[]> {
  const rows = await query<Row>(
    `SELECT id, name, prefix, scopes, created_at AS "createdAt", expires_at AS "expiresAt", last_used_at AS "lastUsedAt"
       FROM api_token WHERE user_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
      ORDER BY created_at DESC, id DESC LIMIT 200`,
    [actor.userId],
  );
  return rows.map(toDto);
}

/**
 * A new token for a person. A token cannot make one that may do more than itself.
 * @throws AppError `forbidden`
 */
export async function createToken(actor: PersonActor, input: TokenCreate): Promise<TokenCreatedDto> {
  const held = actor.scopes;
  const surplus = held && !held.has("admin") ? input.scopes.filter((scope) => !held.has(scope)) : [];
  if (surplus.length > 0) {
    throw new AppError("forbidden", `This token may not hand out the scope ${surplus.join(", ")}.`);
  }
  return await issueToken(actor, actor.userId, input);
}

/** A token for somebody, as an administrator's command line makes it. */
export async function issueToken(actor: Actor, userId: string, input: TokenCreate): Promise<TokenCreatedDto> {
  const token = `rst_${randomToken(32)}`;
  const scopes = [...new Set(input.scopes)];
  const expiresAt = input.expiresInDays === null ? null : new Date(Date.now() + input.expiresInDays * dayMs);
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
  await withTransaction(async (tx) => {
    const { count } = await tx.apiToken.updateMany({
      where: { id, userId: actor.userId, revokedAt: null },
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
