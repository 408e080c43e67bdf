import { decode, type JWT, type JWTDecodeParams } from "next-auth/jwt";
import { getAuthSecret } from "../config";
import { hostCookie, readCookie } from "./cookies";
import { asksPublicHost } from "./public-host";

/** How long a sign-in lasts. */
export const sessionMaxAgeSeconds = 7 * 24 * 3600;

/** The one way these cookies are sealed. */
const protectedHeader = JSON.stringify({ alg: "dir", enc: "A256GCM" });

/** What a sealed cookie says; null when it is sealed in any other way than ours. @throws for one that is forged or over */
export async function decodeSessionToken(params: JWTDecodeParams): Promise<JWT | null> {
  const header = Buffer.from(params.token?.split(".")[0] ?? "", "base64url").toString("utf8");
  return header === protectedHeader ? await decode(params) : null;
}

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
    const claims = await decodeSessionToken({ token: decodeURIComponent(value), secret: getAuthSecret() });
    return typeof claims?.sid === "string" ? claims.sid : null;
  } catch {
    // Forged, expired or sealed with an older secret: the same as none.
    return null;
  }
}
