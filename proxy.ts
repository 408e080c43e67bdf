import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { newId } from "@/lib/kernel/ids";
import { getConfig } from "@/lib/platform/config";

/**
 * Before every page: a fresh nonce for the content security policy (Next reads it out of the request's header and puts it
 * on its own scripts), the security headers, and the path, which server components cannot see otherwise.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = randomBytes(16).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  headers.set("x-nonce", nonce);
  headers.set("x-pathname", `${request.nextUrl.pathname}${request.nextUrl.search}`);
  headers.set("x-request-id", newId("http"));
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("x-frame-options", "DENY");
  response.headers.set("referrer-policy", "same-origin");
  response.headers.set("cross-origin-opener-policy", "same-origin");
  response.headers.set(
    "permissions-policy",
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
  );
  if (getConfig().publicUrl.startsWith("https://")) {
    response.headers.set("strict-transport-security", "max-age=31536000");
  }
  return response;
}

function contentSecurityPolicy(nonce: string): string {
  const development = !getConfig().production;
  return [
    "default-src 'self'",
    // React's development build and hot reloading evaluate text; the production build does not.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    // Charts and the topology graph position things with style attributes, which a nonce cannot cover.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${development ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

export const config = {
  // Assets are immutable files and the API sets its own headers.
  matcher: ["/((?!api/|_next/static|_next/image|icon.svg|favicon.ico|fonts/).*)"],
};
