import { expressionBuilder } from "kysely";
import type { ApiToken } from "@/gen/kysely/types";
import type { Scope } from "@/lib/kernel/permissions";
import { now, type Prisma, rowOf, rowsOf, statements, type Tx } from "@/lib/platform/db";

/** What is shown of a token. */
export interface TokenRow {
  id: string;
  name: string;
  prefix: string;
  scopes: Scope[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  parentId: string | null;
  parentName: string | null;
  sessionId: string | null;
}

/** The token that another one is made with. */
export type ParentToken = Pick<TokenRow, "id" | "name" | "expiresAt">;

const token = expressionBuilder<{ t: ApiToken }, "t">();
const isLiving = token.and([
  token("t.revoked_at", "is", null),
  token.or([token("t.expires_at", "is", null), token("t.expires_at", ">", now)]),
]);

/** A user's living tokens, newest first. */
export async function listLivingTokens(userId: string, limit: number): Promise<TokenRow[]> {
  const rows = await rowsOf(
    statements
      .selectFrom("api_token as t")
      .leftJoin("api_token as p", "p.id", "t.parent_id")
      .select(["t.id", "t.name", "t.prefix", "t.scopes", "t.created_at as createdAt"])
      .select(["t.expires_at as expiresAt", "t.last_used_at as lastUsedAt", "t.session_id as sessionId"])
      .select(["p.id as parentId", "p.name as parentName"])
      .where("t.user_id", "=", userId)
      .where(isLiving)
      .orderBy("t.created_at", "desc")
      .orderBy("t.id", "desc")
      .limit(limit),
  );
  return rows.map((row) => ({ ...row, scopes: row.scopes as Scope[] }));
}

/** Writes a new token and answers its row. */
export async function insertToken(tx: Tx, data: Prisma.ApiTokenUncheckedCreateInput) {
  return await tx.prisma.apiToken.create({ data });
}

/** A living token, which cannot be revoked before the transaction ends; or null. */
export async function lockToken(tx: Tx, id: string): Promise<ParentToken | null> {
  return await rowOf(
    statements
      .selectFrom("api_token as t")
      .select(["t.id", "t.name", "t.expires_at as expiresAt"])
      .where("t.id", "=", id)
      .where(isLiving)
      .forShare(),
    tx,
  );
}

/** Whether a session lives; it cannot end before the transaction does. */
export async function lockSession(tx: Tx, id: string): Promise<boolean> {
  const session = statements
    .selectFrom("session")
    .select("id")
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", now)
    .forShare();
  return (await rowOf(session, tx)) !== null;
}

/** Ids of living tokens that were made with a token, directly or through others; the first `limit`. */
export async function listTokensMadeWith(tx: Tx, id: string, limit: number): Promise<string[]> {
  const made = statements
    .withRecursive("made", (db) =>
      db
        .selectFrom("api_token as t")
        .select("t.id")
        .where("t.parent_id", "=", id)
        .where("t.revoked_at", "is", null)
        .union(
          db
            .selectFrom("api_token as t")
            .innerJoin("made", "made.id", "t.parent_id")
            .select("t.id")
            .where("t.revoked_at", "is", null),
        ),
    )
    .selectFrom("made")
    .select("id")
    .orderBy("id")
    .limit(limit);
  return (await rowsOf(made, tx)).map((row) => row.id);
}

/** Ends a user's living token; false where there is none. A trigger ends those that were made with it. */
export async function endToken(tx: Tx, userId: string, id: string): Promise<boolean> {
  const { count } = await tx.prisma.apiToken.updateMany({
    where: { id, userId, revokedAt: null },
    data: { revokedAt: new Date() },
  });
  return count > 0;
}
