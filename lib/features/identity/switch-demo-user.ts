import { encode } from "next-auth/jwt";
import { AppError } from "@/lib/kernel/errors";
import { recordAuditAlone } from "@/lib/platform/audit";
import {
  clientAddress,
  hostCookie,
  type PersonActor,
  refused,
  sessionMaxAgeSeconds,
  setCookieHeader,
} from "@/lib/platform/auth";
import { getAuthSecret } from "@/lib/platform/config";
import { listDemoUsers } from "./demo-users";
import { openSession, type Person } from "./people";
import type { DemoRole } from "./schema";

/**
 * Signs a demo user out and another one in, and answers the Set-Cookie header of the new session. Only from the session of a
 * demo user, and only in a browser that opened a demo link: both cookies are for the portal's own host and no script reads
 * them, so nothing that runs in an environment on the same machine has them. A token can't become a session.
 * @throws AppError `forbidden` for everyone else, which is audited; `conflict` when the session has ended meanwhile, as in
 * the second of two switches at the same time
 */
export async function switchDemoUser(actor: PersonActor, role: DemoRole, request: Request): Promise<string> {
  const { headers } = request;
  const { credentialId: sessionId } = actor;
  if (!actor.isDemo || actor.via !== "session" || sessionId === null)
    throw await refuse(actor, role, "not signed in as a demo user");
  const user = (await listDemoUsers(headers)).find((one) => one.role === role);
  if (!user) throw await refuse(actor, role, "no demo link opened in this browser, or no such demo user");
  const cookie = await sessionOf(user, sessionId, actor.requestId, request);
  if (cookie === null) throw await refuse(actor, role, "the demo user is disabled");
  await recordAuditAlone({
    actor,
    action: "demo.switch-user",
    objectType: "user",
    objectId: user.id,
    detail: { role },
  });
  return cookie;
}

/** The new session takes the place of the one that the request came with. */
async function sessionOf(
  user: Person,
  before: string,
  requestId: string,
  { headers }: Request,
): Promise<string | null> {
  const facts = {
    ip: clientAddress(headers),
    userAgent: headers.get("user-agent") ?? "",
    requestId,
  };
  const sid = await openSession(user, "demo", facts, before);
  if (sid === null) return null;
  const value = await encode({ token: { sid }, secret: getAuthSecret(), maxAge: sessionMaxAgeSeconds });
  return setCookieHeader(hostCookie("rostrum.session", sessionMaxAgeSeconds), value);
}

async function refuse(actor: PersonActor, role: DemoRole, why: string): Promise<AppError> {
  const error = new AppError("forbidden", `Only demo users can switch (${why}).`);
  return await refused(actor, "demo.switch-user", { objectType: "user", objectId: role }, error);
}
