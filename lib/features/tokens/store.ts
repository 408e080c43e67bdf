import { expressionBuilder } from "kysely";
import type { ApiToken } from "@/gen/kysely/types";
import { type Scope, scopes as scopeNames } from "@/lib/kernel/permissions";
import { getPrisma, now, type Prisma, rowOf, rowsOf, statements, type Tx } from "@/lib/platform/db";

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
  const rows = await getPrisma().apiToken.findMany({
    where: { userId, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] },
    select: { ...shown, parent: { select: { id: true, name: true } } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit,
  });
  return rows.map(({ parent, scopes, ...row }) => ({
    ...row,
    scopes: scopes.filter(isScope),
    parentId: parent?.id ?? null,
    parentName: parent?.name ?? null,
  }));
}

/** What the code knows of no more grants nothing, and takes no list away. */
const isScope = (name: string): name is Scope => (scopeNames as readonly string[]).includes(name);

const shown = {
  id: true,
  name: true,
  prefix: true,
  scopes: true,
  createdAt: true,
  expiresAt: true,
  lastUsedAt: true,
  sessionId: true,
} as const;

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

/** Whose tokens, and of which sessions; all where no session is named. */
export interface TokensOf {
  userId: string;
  sessionId?: { not: string | null } | string;
}

/** Ends living tokens; answers their ids. */
export async function endTokens(tx: Tx, which: TokensOf): Promise<string[]> {
  const where = { ...which, revokedAt: null };
  const ended = await tx.prisma.apiToken.findMany({ where, select: { id: true }, orderBy: { id: "asc" } });
  await tx.prisma.apiToken.updateMany({ where, data: { revokedAt: new Date() } });
  return ended.map(({ id }) => id);
}
