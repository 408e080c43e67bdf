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
  const secret = getAuthSecret();
  const key = `${secret} ${value}`;
  const known = opened.get(key);
  if (known && known.endsMs > Date.now()) return known.sessionId;
  try {
    const claims = await decodeSessionToken({ token: decodeURIComponent(value), secret });
    if (typeof claims?.sid !== "string") return null;
    if (typeof claims.exp === "number") keep(key, { sessionId: claims.sid, endsMs: claims.exp * 1000 });
    return claims.sid;
  } catch {
    // Forged, expired or sealed with an older secret: the same as none.
    return null;
  }
}

/**
 * Cookies that were opened lately: a page asks several times, and each time a key would be derived. What a cookie says never
 * changes; whether its session still counts is in the database.
 */
const opened = new Map<string, { sessionId: string; endsMs: number }>();
const mostOpened = 1_000;

function keep(key: string, cookie: { sessionId: string; endsMs: number }): void {
  opened.delete(key);
  if (opened.size >= mostOpened) opened.delete(opened.keys().next().value ?? "");
  opened.set(key, cookie);
}
