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
  const value = readCookie(headers.get("cookie"), sessionCookieName());
  if (!value || !asksPublicHost(headers)) return null;
  try {
    const claims = await decode({ token: decodeURIComponent(value), secret: getAuthSecret() });
    return typeof claims?.sid === "string" ? claims.sid : null;
  } catch {
    // Forged, expired or sealed with an older secret: the same as none.
    return null;
  }
}
