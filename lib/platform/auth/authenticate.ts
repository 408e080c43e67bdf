import { AppError } from "@/lib/kernel/errors";
import { hashToken } from "../crypto";
import { moduleLog } from "../log";
import type { PersonActor } from "./actor";
import { clientAddress } from "./client-address";
import { readSessionId } from "./session-cookie";
import { type CredentialHolder, findSessionHolder, findTokenHolder, touchSession, touchToken } from "./store";

export interface RequestFacts {
  requestId: string;
  ip: string;
  /** Method and path, or the path of a page. */
  operation?: string;
}

/**
 * The person behind a session id, with the roles of this moment. Asked of the database every time (one indexed read):
 * a revoked session or a disabled person is out with the next request.
 */
export async function findSessionActor(sessionId: string, facts: RequestFacts): Promise<PersonActor | null> {
  const holder = await findSessionHolder(sessionId);
  if (!holder) return null;
  if (holder.stale) leaveToFinish(touchSession(holder.credentialId));
  return toActor(holder, "session", facts);
}

/** The person behind a bearer token. */
export async function findTokenActor(token: string, facts: RequestFacts): Promise<PersonActor | null> {
  const holder = await findTokenHolder(hashToken(token));
  if (!holder) return null;
  if (holder.stale) leaveToFinish(touchToken(holder.credentialId));
  return toActor(holder, "token", facts);
}

/**
 * Who sent a request: a bearer token when there is one, else the session cookie; null for no one.
 * @throws AppError `unauthenticated` for a token that is unknown, over or revoked
 */
export async function authenticate(request: Request, requestId: string): Promise<PersonActor | null> {
  const operation = `${request.method} ${new URL(request.url).pathname}`.slice(0, 300);
  const facts = { requestId, ip: clientAddress(request.headers), operation };
  const authorization = request.headers.get("authorization");
  if (authorization !== null) {
    const token = /^Bearer\s+(\S{1,500})$/i.exec(authorization)?.[1];
    const actor = token ? await findTokenActor(token, facts) : null;
    if (!actor) throw new AppError("unauthenticated", "The API token is invalid, expired or revoked.");
    return actor;
  }
  const sessionId = await readSessionId(request.headers);
  return sessionId ? await findSessionActor(sessionId, facts) : null;
}

function toActor(holder: CredentialHolder, via: "session" | "token", facts: RequestFacts): PersonActor {
  return {
    userId: holder.id,
    name: holder.name,
    email: holder.email,
    orgRole: holder.orgRole,
    projects: new Map(Object.entries(holder.projects)),
    via,
    scopes: holder.scopes === null ? null : new Set(holder.scopes),
    credentialId: holder.credentialId,
    requestId: facts.requestId,
    ip: facts.ip,
    ...(facts.operation !== undefined && { operation: facts.operation }),
    isDemo: holder.isDemo,
    ...(holder.passwordEndsAt !== null && { passwordEndsAt: holder.passwordEndsAt }),
  };
}

/** "Last seen" is a courtesy: it is written at most once a minute and no request waits for it. */
function leaveToFinish(write: Promise<void>): void {
  write.catch((error) => moduleLog("auth").warn({ err: error }, "couldn't record the last use"));
}
