import { decode } from "next-auth/jwt";
import { getAuthSecret, getConfig } from "../config";

/** How long a sign-in lasts. */
export const sessionMaxAgeSeconds = 7 * 24 * 3600;

/** Whether cookies are marked secure: whenever people reach the portal over https. */
export function usesSecureCookies(): boolean {
  return getConfig().publicUrl.startsWith("https://");
}

/** `__Host-` binds the cookie to exactly this host where https makes that possible. */
export function sessionCookieName(): string {
  return usesSecureCookies() ? "__Host-rostrum.session" : "rostrum.session";
}

/** The value of one cookie of a Cookie header. */
export function readCookie(header: string | null, name: string): string | undefined {
  for (const part of (header ?? "").split(";")) {
    const index = part.indexOf("=");
    if (index > 0 && part.slice(0, index).trim() === name) return part.slice(index + 1).trim();
  }
  return undefined;
}

/** The session id a request's cookie carries; null without one, or for one that is forged or over. */
export async function readSessionId(cookieHeader: string | null): Promise<string | null> {
  const value = readCookie(cookieHeader, sessionCookieName());
  if (!value) return null;
  try {
    const claims = await decode({ token: decodeURIComponent(value), secret: getAuthSecret() });
    return typeof claims?.sid === "string" ? claims.sid : null;
  } catch {
    // Forged, expired or sealed with an older secret: the same as none.
    return null;
  }
}
