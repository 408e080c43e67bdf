import { decode, encode } from "next-auth/jwt";
import { asksPublicHost, hostCookie, readCookie, setCookieHeader } from "@/lib/platform/auth";
import { getAuthSecret } from "@/lib/platform/config";

/** How long a browser that opened a demo link may sign in as demo users. */
export const demoAccessSeconds = 7 * 24 * 3600;

/** Keeps this cookie and the session's apart: neither is accepted as the other. */
const salt = "rostrum demo";
const cookie = () => hostCookie("rostrum.demo", demoAccessSeconds);

/** The Set-Cookie header that lets a browser sign in as demo users; it carries the id of the link it opened. */
export async function demoCookieHeader(linkId: string): Promise<string> {
  const token = { demoLinkId: linkId };
  const value = await encode({ token, secret: getAuthSecret(), salt, maxAge: demoAccessSeconds });
  return setCookieHeader(cookie(), value);
}

/** The id of the link that a request's browser opened; null without one, and at another host than the public one. */
export async function readDemoLinkId(headers: Pick<Headers, "get">): Promise<string | null> {
  const value = readCookie(headers.get("cookie"), cookie().name);
  if (!value || !asksPublicHost(headers)) return null;
  try {
    const claims = await decode({ token: value, secret: getAuthSecret(), salt });
    return typeof claims?.demoLinkId === "string" ? claims.demoLinkId : null;
  } catch {
    // Forged, expired or sealed with an older secret: the same as none.
    return null;
  }
}
