import { endTokens, type TokensOf } from "@/lib/features/tokens";
import { AppError, notFound } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { endSessions } from "@/lib/platform/auth/store";
import { hashPassword } from "@/lib/platform/crypto";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { isUniqueViolation } from "@/lib/platform/db/errors";
import { publishEvent } from "@/lib/platform/events";
import { initialPasswordEnd, requireGoodPassword } from "./password-rules";
import { getUser } from "./queries";
import type { UserCreate, UserDto, UserUpdate } from "./schema";
import { changeUser, countAdministrators, findUserState, insertUser, lockAdministrators } from "./store";

/** How a password came to be. */
export interface PasswordSource {
  /** Chosen by the operator of Rostrum, for good. Otherwise a password for someone else is an initial one and ends. */
  lasting?: boolean;
}

/**
 * A new person. A password given here is known to two, so it ends after a week.
 * @throws AppError `conflict` when the e-mail address is taken, `validation_failed` for a password that is guessed first
 */
export async function createUser(
  actor: Actor,
  input: UserCreate,
  source: PasswordSource = {},
): Promise<UserDto> {
  requirePermission(actor, "user.manage");
  const id = newId("user");
  const { password, ...data } = input;
  if (password !== undefined) await requireGoodPassword(password, data);
  const passwordHash = password === undefined ? null : await hashPassword(password);
  const passwordEndsAt = password === undefined || source.lasting ? null : initialPasswordEnd();
  await refuseTakenAddress(async (tx) => {
    await insertUser(tx, { id, ...data, passwordHash, passwordEndsAt });
    await recordAudit(tx, { actor, action: "user.create", objectType: "user", objectId: id, detail: data });
  });
  return await getUser(actor, id);
}

async function refuseTakenAddress(write: (tx: Tx) => Promise<void>): Promise<void> {
  try {
    await inTransaction(write);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const message = "A user with this email already exists.";
    throw new AppError("conflict", message, { problems: [{ path: "email", message }], cause: error });
  }
}

/**
 * Changes a person. Disabling, or setting a password, ends all sessions and tokens at once; with a password the tokens
 * stay where `revokeTokens` is false. A password for someone else ends after a week. An address set here is the person's.
 * @throws AppError `conflict` when it would leave Rostrum without an administrator or the address is taken
 */
export async function updateUser(
  actor: Actor,
  id: string,
  change: UserUpdate,
  source: PasswordSource = {},
): Promise<UserDto> {
  requirePermission(actor, "user.manage", { objectType: "user", objectId: id });
  if (change.password !== undefined) await requireGoodPassword(change.password, await getUser(actor, id));
  const passwordHash = change.password === undefined ? undefined : await hashPassword(change.password);
  const passwordEndsAt = source.lasting || actor.userId === id ? null : initialPasswordEnd();
  await refuseTakenAddress(async (tx) => {
    await lockAdministrators(tx);
    const before = await findUserState(tx, id);
    if (!before) throw notFound("The user");
    await changeUser(tx, id, {
      ...(change.name !== undefined && { name: change.name }),
      ...(change.email !== undefined && { email: change.email, unclaimedEmail: null }),
      ...(change.orgRole !== undefined && { orgRole: change.orgRole }),
      ...(change.disabled !== undefined && {
        disabledAt: change.disabled ? (before.disabledAt ?? new Date()) : null,
      }),
      ...(passwordHash !== undefined && { passwordHash, passwordEndsAt }),
    });
    if (before.orgRole === "admin" && before.disabledAt === null) await requireAnAdministrator(tx);
    const withTokens = change.disabled === true || change.revokeTokens !== false;
    if (change.disabled || passwordHash !== undefined) await revokeAccess(tx, id, withTokens);
    else if (change.orgRole !== undefined) await publishEvent(tx, `user:${id}`, "access.changed");
    const { password, revokeTokens: _revokeTokens, ...shown } = change;
    await recordAudit(tx, {
      actor,
      action: change.disabled ? "user.disable" : "user.update",
      objectType: "user",
      objectId: id,
      detail: {
        ...shown,
        ...(password !== undefined && { passwordChanged: true, tokensRevoked: withTokens }),
      },
    });
  });
  return await getUser(actor, id);
}

/** Ends all sessions of a person at once; the tokens too where asked. @throws AppError `not_found` */
export async function endAccess(actor: Actor, id: string, withTokens: boolean): Promise<void> {
  requirePermission(actor, "user.manage", { objectType: "user", objectId: id });
  await inTransaction(async (tx) => {
    if (!(await findUserState(tx, id))) throw notFound("The user");
    await revokeAccess(tx, id, withTokens);
    await recordAudit(tx, {
      actor,
      action: "user.end-sessions",
      objectType: "user",
      objectId: id,
      detail: { withTokens },
    });
  });
}

async function requireAnAdministrator(tx: Tx): Promise<void> {
  if ((await countAdministrators(tx)) === 0) {
    throw new AppError("conflict", "This is the only administrator. Promote another user first.");
  }
}

/** Ends living tokens; answers the ids of the first 200. What was made with them ends too. */
export async function revokeTokensOf(tx: Tx, which: TokensOf): Promise<string[]> {
  return (await endTokens(tx, which)).slice(0, 200);
}

/** Ends a person's sessions, except one, and the tokens where asked; open screens hear of it. */
export async function revokeAccess(
  tx: Tx,
  userId: string,
  withTokens: boolean,
  exceptSessionId: string | null = null,
): Promise<void> {
  await endSessions(tx, userId, exceptSessionId);
  if (withTokens) await revokeTokensOf(tx, { userId });
  await publishEvent(tx, `user:${userId}`, "access.revoked");
}
