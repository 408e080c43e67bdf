import { expressionBuilder, sql } from "kysely";
import type { DB } from "@/gen/kysely/types";
import type { OrgRole, ProjectRole, Scope } from "@/lib/kernel/permissions";
import { compiledOnce, now, rowOf, statements, type Tx, writtenBy } from "../db";

/** The enabled user behind a credential, with the roles of this moment. */
export interface CredentialHolder {
  id: string;
  name: string;
  email: string;
  orgRole: OrgRole | null;
  isDemo: boolean;
  passwordEndsAt: Date | null;
  /** Roles by project. */
  projects: Record<string, ProjectRole>;
  credentialId: string;
  /** Of a token; null for a session. */
  scopes: Scope[] | null;
  /** Whether its last use was written down more than a minute ago. */
  stale: boolean;
}

const session = expressionBuilder<DB, "session">();

/** Whether a row of `session` still counts. It ends after a day without use, too. */
export const isLiveSession = session.and([
  session("revoked_at", "is", null),
  session("expires_at", ">", now),
  session("last_seen_at", ">", sql<Date>`now() - interval '24 hours'`),
]);

const holders = statements
  .selectFrom("app_user as u")
  .select(["u.id", "u.name", "u.email", "u.org_role as orgRole", "u.is_demo as isDemo"])
  .select((eb) => [
    "u.password_ends_at as passwordEndsAt",
    eb
      .selectFrom("project_member as m")
      .select(
        sql<Record<string, ProjectRole>>`coalesce(jsonb_object_agg(m.project_id, m.role::text), '{}')`.as(
          "roles",
        ),
      )
      .whereRef("m.user_id", "=", "u.id")
      .$asScalar()
      .$notNull()
      .as("projects"),
  ])
  .where("u.disabled_at", "is", null);

const bySession = holders
  .innerJoin("session as s", "s.user_id", "u.id")
  .select("s.id as credentialId")
  .select(sql<boolean>`s.last_seen_at < now() - interval '1 minute'`.as("stale"))
  .where(isLiveSession);

const byToken = holders
  .innerJoin("api_token as t", "t.user_id", "u.id")
  .select(["t.id as credentialId", "t.scopes"])
  .select(sql<boolean>`coalesce(t.last_used_at < now() - interval '1 minute', true)`.as("stale"))
  .where("t.revoked_at", "is", null)
  .where((eb) => eb.or([eb("t.expires_at", "is", null), eb("t.expires_at", ">", now)]));

const ofSession = compiledOnce(({ sessionId }: { sessionId: string }) =>
  bySession.where("s.id", "=", sessionId),
);
const ofToken = compiledOnce(({ hash }: { hash: string }) => byToken.where("t.hash", "=", hash));

/** The holder of a living session, or null. Every request asks this: one indexed read, prepared. */
export async function findSessionHolder(sessionId: string): Promise<CredentialHolder | null> {
  const row = await rowOf(ofSession({ sessionId }));
  return row && { ...row, scopes: null };
}

/** The holder of the living token with this digest, or null. Every request with a token asks this. */
export async function findTokenHolder(hash: string): Promise<CredentialHolder | null> {
  const row = await rowOf(ofToken({ hash }));
  return row && { ...row, scopes: row.scopes as Scope[] };
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

/** Ends a user's sessions that were not ended yet, except one where it is named. */
export async function endSessions(tx: Tx, userId: string, exceptId: string | null): Promise<void> {
  await tx.prisma.session.updateMany({
    where: { userId, revokedAt: null, ...(exceptId && { id: { not: exceptId } }) },
    data: { revokedAt: new Date() },
  });
}

/** Writes down that a session is used now. */
export async function touchSession(id: string): Promise<void> {
  await writtenBy(statements.updateTable("session").set({ last_seen_at: now }).where("id", "=", id));
}

/** Writes down that a token is used now. */
export async function touchToken(id: string): Promise<void> {
  await writtenBy(statements.updateTable("api_token").set({ last_used_at: now }).where("id", "=", id));
}
