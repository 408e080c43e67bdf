import { createHash } from "node:crypto";
import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import {
  type Actor,
  anonymousActor,
  type PersonActor,
  recordDenied,
  refused,
  sessionMaxAgeSeconds,
  systemActor,
} from "@/lib/platform/auth";
import { openSessionCookie } from "@/lib/platform/auth/session-cookie";
import { hashPassword, verifyPassword } from "@/lib/platform/crypto";
import { inTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { requireGoodPassword, revokeAccess } from "../users";
import { findProof, isKnownAddress } from "./device";
import {
  changeUser,
  endSession,
  findAccount,
  findSession,
  findSignInAccount,
  insertSession,
  lockAccount,
} from "./store";
import { type Attempt, beginAttempt, forgiveAttempt, SignInThrottledError } from "./throttle";

export interface SignInFacts {
  ip: string;
  userAgent: string;
  requestId: string;
  /** The Cookie header: it may show that the browser is known to an account. */
  cookies?: string | null;
}

export interface Person {
  id: string;
  name: string;
  email: string;
  /** Digest of the password hash that was checked, while the sign-in is under way. */
  checkedHash?: string;
}

/** The right password of an account, but an initial one whose time is over. */
export class PasswordEndedError extends Error {
  override readonly name = "PasswordEndedError";
}

/** An actor for audit events of a sign-in: the person is known, a session is not there yet. */
function signingIn(person: Person, { ip, requestId }: SignInFacts): Actor {
  const { id: userId, name, email } = person;
  return { ...systemActor(""), userId, name, email, via: "session", unlimited: false, ip, requestId };
}

/**
 * The person behind an e-mail address and password; null when they do not match. Takes the same time whether the
 * person exists or not.
 * @throws SignInThrottledError after too many failures, for the right password as well; PasswordEndedError for the right
 * one when it was an initial password and its time is over
 */
export async function checkPassword(
  emailGiven: string,
  password: string,
  facts: SignInFacts,
): Promise<Person | null> {
  const email = emailGiven.trim().toLowerCase().slice(0, 254);
  const account = await findSignInAccount(email);
  const attempt: Attempt = {
    email,
    ip: facts.ip,
    known: await findProof(account, facts.cookies ?? null),
    knownAddress: await isKnownAddress(account, facts.ip),
  };
  try {
    await beginAttempt(attempt);
  } catch (error) {
    if (error instanceof SignInThrottledError)
      await recordRefusedSignIn("credentials", email, "too many failed attempts", facts);
    throw error;
  }
  if (await verifyPassword(password, account?.hash)) {
    await forgiveAttempt(attempt);
    if (account?.ended) {
      await recordRefusedSignIn("credentials", account.id, "initial password expired", facts);
      throw new PasswordEndedError();
    }
    if (!account?.hash) return null;
    const { id, name, hash } = account;
    return { id, name, email: account.email, checkedHash: sha256(hash) };
  }
  const why = email === "" || password === "" ? "missing email or password" : "wrong password";
  await recordRefusedSignIn("credentials", account?.id ?? email, why, facts);
  return null;
}

const sha256 = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");

/** Writes down that no one got in, repeats as a number. @param who the person's id, or what was given as one */
export async function recordRefusedSignIn(
  method: string,
  who: string,
  why: string,
  facts: SignInFacts,
): Promise<void> {
  await recordDenied(anonymousActor(facts), "session.sign-in", {
    objectType: "user",
    objectId: who.slice(0, 254),
    detail: { method, why },
  });
}

/**
 * Opens a session for a person who proved who they are, in place of the one their browser had; answers its id. Null when
 * they were disabled, or their password was changed, since the proof: the one who does that ends sessions of before, and
 * waits for this one.
 * @param proof the session that is the proof, where one is: of several that replace it at the same time one succeeds
 * @throws AppError `conflict` when `proof` has ended
 */
export async function openSession(
  person: Person,
  method: string,
  facts: SignInFacts,
  proof?: string,
): Promise<string | null> {
  const id = newId("session");
  const before = proof ?? (await openSessionCookie(facts.cookies ?? null));
  const opened = await inTransaction(async (tx) => {
    const now = await lockAccount(tx, person.id);
    if (!now) return false;
    if (person.checkedHash !== undefined && person.checkedHash !== sha256(now.hash ?? "")) return false;
    const ended = before !== null && (await endSession(tx, before));
    if (proof !== undefined && !ended)
      throw new AppError("conflict", "Your session ended or was switched elsewhere. Reload the page.");
    await insertSession(tx, {
      id,
      userId: person.id,
      userAgent: facts.userAgent.slice(0, 300),
      ip: facts.ip,
      expiresAt: new Date(Date.now() + sessionMaxAgeSeconds * 1000),
    });
    await recordAudit(tx, {
      actor: signingIn(person, facts),
      action: "session.sign-in",
      objectType: "session",
      objectId: id,
      detail: { method },
    });
    return true;
  });
  if (opened) return id;
  await recordRefusedSignIn(method, person.id, "user disabled or password changed during sign-in", facts);
  return null;
}

/** Ends a session, as its owner does by signing out. */
export async function closeSession(sessionId: string, facts: SignInFacts): Promise<void> {
  await inTransaction(async (tx) => {
    const session = await findSession(tx, sessionId);
    if (!session || session.revokedAt) return;
    await endSession(tx, sessionId);
    await publishEvent(tx, `user:${session.userId}`, "access.revoked");
    await recordAudit(tx, {
      actor: signingIn(session.user, facts),
      action: "session.sign-out",
      objectType: "session",
      objectId: sessionId,
    });
  });
}

/**
 * Changes a person's own password and ends all their other sessions, and their tokens unless they are to stay.
 * @throws AppError `validation_failed` when the current one is wrong or the new one is the same or guessed first, SignInThrottledError after too many tries
 */
export async function changePassword(
  actor: PersonActor,
  current: string,
  next: string,
  revokeTokens: boolean,
): Promise<void> {
  const attempt = attemptOf(actor);
  await beginAttempt(attempt);
  const account = await findAccount(actor.userId);
  if (!(await verifyPassword(current, account?.hash))) {
    const message = "Incorrect current password.";
    const error = new AppError("validation_failed", message, { problems: [{ path: "current", message }] });
    throw await refused(actor, "user.password", { objectType: "user", objectId: actor.userId }, error);
  }
  await forgiveAttempt(attempt);
  if (next === current) {
    const message = "Choose a password that differs from the current one.";
    throw new AppError("validation_failed", message, { problems: [{ path: "next", message }] });
  }
  await requireGoodPassword(next, actor, "next");
  const passwordHash = await hashPassword(next);
  await inTransaction(async (tx) => {
    await changeUser(tx, actor.userId, { passwordHash, passwordEndsAt: null });
    await revokeAccess(tx, actor.userId, revokeTokens, actor.via === "session" ? actor.credentialId : null);
    await recordAudit(tx, {
      actor,
      action: "user.password",
      objectType: "user",
      objectId: actor.userId,
      detail: { otherSessionsEnded: true, tokensRevoked: revokeTokens },
    });
  });
}

/** Tokens can make tokens, so they share one counter: a new one is no new set of guesses. */
function attemptOf({ email, ip, via, credentialId, userId }: PersonActor): Attempt {
  const known = via === "session" ? `session ${credentialId}` : `tokens of ${userId}`;
  return { email, ip, known, knownAddress: true };
}
