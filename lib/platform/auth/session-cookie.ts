import { decode } from "next-auth/jwt";
import { getAuthSecret } from "../config";
import { hostCookie, readCookie } from "./cookies";
import { asksPublicHost } from "./public-host";

/** How long a sign-in lasts. */
export const sessionMaxAgeSeconds = 7 * 24 * 3600;

export function sessionCookieName(): string {
  return hostCookie("rostrum.session").name;
}

/**
 * The session id a request's cookie carries; null without one, for one that is forged or over, and at any other host
 * than the public one, where no cookie is ever set.
 */
export async function readSessionId(headers: Pick<Headers, "get">): Promise<string | null> {
  return asksPublicHost(headers) ? await openSessionCookie(headers.get("cookie")) : null;
}

/** The same for a Cookie header that came to the public host. */
export async function openSessionCookie(cookies: string | null): Promise<string | null> {
  const value = readCookie(cookies, sessionCookieName());
  if (!value) return null;
  try {
    const claims = await decode({ token: decodeURIComponent(value), secret: getAuthSecret() });
    return typeof claims?.sid === "string" ? claims.sid : null;
  } catch {
    // Forged, expired or sealed with an older secret: the same as none.
    return null;
  }
}
