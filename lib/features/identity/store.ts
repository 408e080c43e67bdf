import { memberRows, projectRows } from "@/lib/features/projects/joins";
import { isLiveSession } from "@/lib/platform/auth/store";
import {
  type Db,
  getPrisma,
  type Prisma,
  pooled,
  rowOf,
  rowsOf,
  statements,
  type Tx,
} from "@/lib/platform/db";
import type { MeDto } from "./schema";

/** A user as a sign-in knows them. */
export interface Account {
  id: string;
  /** Of the password; null for a user without one. */
  hash: string | null;
}

/** An enabled user by their address, and whether their password's time is over; or null. */
export async function findSignInAccount(email: string) {
  const user = await getPrisma().user.findFirst({
    where: { email, disabledAt: null },
    select: { id: true, name: true, email: true, passwordHash: true, passwordEndsAt: true },
  });
  if (!user) return null;
  const { passwordHash, passwordEndsAt, ...rest } = user;
  return { ...rest, hash: passwordHash, ended: passwordEndsAt !== null && passwordEndsAt <= new Date() };
}

/** A user's account, or null. */
export async function findAccount(id: string): Promise<Account | null> {
  const user = await getPrisma().user.findUnique({ where: { id }, select: { id: true, passwordHash: true } });
  return user && { id: user.id, hash: user.passwordHash };
}

/** The account of an enabled user, who can be neither changed nor disabled before the transaction ends; or null. */
export async function lockAccount(tx: Tx, id: string): Promise<Account | null> {
  return await rowOf(
    statements
      .selectFrom("app_user")
      .select(["id", "password_hash as hash"])
      .where("id", "=", id)
      .where("disabled_at", "is", null)
      .forShare(),
    tx,
  );
}

/** The enabled user whose session this is, while it lives; or null. */
export async function findSessionUser(sessionId: string) {
  return await rowOf(
    statements
      .selectFrom("app_user as u")
      .innerJoin("session as s", "s.user_id", "u.id")
      .select(["u.id", "u.name", "u.email"])
      .where("u.disabled_at", "is", null)
      .where("s.id", "=", sessionId)
      .where(isLiveSession),
  );
}

/** Whether this is a living session of the user. */
export async function hasLiveSession(userId: string, sessionId: string): Promise<boolean> {
  const where = { ...liveNow(), id: sessionId, userId };
  return (await getPrisma().session.findFirst({ where, select: { id: true } })) !== null;
}

/** What `isLiveSession` says, for Prisma. */
function liveNow() {
  const now = new Date();
  const dayAgo = new Date(now.getTime() - 86_400_000);
  return { revokedAt: null, expiresAt: { gt: now }, lastSeenAt: { gt: dayAgo } };
}

/** Whether the user has signed in from an address within so many days. */
export async function hasSignedInFrom(userId: string, ip: string, days: number): Promise<boolean> {
  if (ip === "") return false;
  const since = new Date(Date.now() - days * 86_400_000);
  const where = { userId, ip, createdAt: { gt: since } };
  return (await getPrisma().session.findFirst({ where, select: { id: true } })) !== null;
}

/** A user's living sessions, the latest used first; at most `limit`. */
export async function listLiveSessions(userId: string, limit: number) {
  return await getPrisma().session.findMany({
    where: { ...liveNow(), userId },
    select: { id: true, userAgent: true, ip: true, createdAt: true, lastSeenAt: true, expiresAt: true },
    orderBy: { lastSeenAt: "desc" },
    take: limit,
  });
}

/** Projects a user is a member of, with their role, without archived ones, by name. */
export async function listMemberships(userId: string): Promise<MeDto["projects"]> {
  return await rowsOf(
    statements
      .selectFrom(memberRows.as("m"))
      .innerJoin(projectRows.as("p"), "p.id", "m.project_id")
      .select(["p.id", "p.slug", "p.name", "m.role"])
      .where("m.user_id", "=", userId)
      .where("p.archived_at", "is", null)
      .orderBy("p.name")
      .orderBy("p.id"),
  );
}

/** Writes a session that has begun. */
export async function insertSession(tx: Tx, data: Prisma.SessionUncheckedCreateInput): Promise<void> {
  await tx.prisma.session.create({ data, select: { id: true } });
}

/** A session with its user, ended or not; or null. */
export async function findSession(tx: Tx, id: string) {
  return await tx.prisma.session.findUnique({ where: { id }, include: { user: true } });
}

/** Ends a session, of the user where one is named; false where there is none that had not ended. */
export async function endSession(tx: Tx, id: string, userId?: string): Promise<boolean> {
  const { count } = await tx.prisma.session.updateMany({
    where: { id, revokedAt: null, ...(userId !== undefined && { userId }) },
    data: { revokedAt: new Date() },
  });
  return count > 0;
}

/** Changes a user that is there. */
export async function changeUser(tx: Tx, id: string, data: Prisma.UserUpdateInput) {
  return await tx.prisma.user.update({ where: { id }, data });
}

/** The user with this address, or null. */
export async function findUserByEmail(tx: Tx, email: string) {
  return await tx.prisma.user.findUnique({ where: { email } });
}

/** Writes a new user. */
export async function insertUser(tx: Tx, data: Prisma.UserCreateInput) {
  return await tx.prisma.user.create({ data });
}

/** The user whom an identity at a provider belongs to, or null. */
export async function findUserBySubject(tx: Tx, provider: string, subject: string) {
  const where = { provider_subject: { provider, subject } };
  const account = await tx.prisma.account.findUnique({ where, include: { user: true } });
  return account?.user ?? null;
}

/** Ties an identity at a provider to a user. */
export async function insertProviderAccount(
  tx: Tx,
  account: { provider: string; subject: string; userId: string },
): Promise<void> {
  await tx.prisma.account.create({ data: account });
}

/** How many administrators there are besides demo users, enabled or not. */
export async function countRealAdministrators(db: Db = pooled): Promise<number> {
  return await db.prisma.user.count({ where: { orgRole: "admin", isDemo: false } });
}

/** Makes the user with this address an enabled administrator with a password; answers the id. */
export async function putAdministrator(
  tx: Tx,
  created: { id: string; email: string; name: string },
  password: { passwordHash: string; passwordEndsAt: Date | null },
): Promise<string> {
  const { id } = await tx.prisma.user.upsert({
    where: { email: created.email },
    create: { ...created, ...password, orgRole: "admin" },
    update: { ...password, orgRole: "admin", disabledAt: null, isDemo: false },
  });
  return id;
}
