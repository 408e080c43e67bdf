import { getConfig } from "../config";

/** Whether cookies are marked secure: whenever people reach the portal over https. */
export function usesSecureCookies(): boolean {
  return getConfig().publicUrl.startsWith("https://");
}

export interface HostCookie {
  name: string;
  options: { httpOnly: true; sameSite: "lax"; path: "/"; secure: boolean; maxAge?: number };
}

/**
 * Name and attributes of a cookie for this host alone: no script reads it, no other site's request carries it, and it
 * never names a domain. Over https the prefix `__Host-` makes the browser hold to that, so that no one on a
 * neighboring host can plant one.
 */
export function hostCookie(name: string, maxAgeSeconds?: number): HostCookie {
  const secure = usesSecureCookies();
  return {
    name: secure ? `__Host-${name}` : name,
    options: {
      httpOnly: true,
      sameSite: "lax",
      path: "/",
      secure,
      ...(maxAgeSeconds !== undefined && { maxAge: maxAgeSeconds }),
    },
  };
}

/** A Set-Cookie header. @param value of characters that need no encoding */
export function setCookieHeader({ name, options }: HostCookie, value: string): string {
  const maxAge = options.maxAge === undefined ? [] : [`Max-Age=${options.maxAge}`];
  const secure = options.secure ? ["Secure"] : [];
  return [`${name}=${value}`, "Path=/", ...maxAge, "HttpOnly", "SameSite=Lax", ...secure].join("; ");
}

/** The value of one cookie of a Cookie header. */
export function readCookie(header: string | null, name: string): string | undefined {
  for (const part of (header ?? "").split(";")) {
    const index = part.indexOf("=");
    if (index > 0 && part.slice(0, index).trim() === name) return part.slice(index + 1).trim();
  }
  return undefined;
}
