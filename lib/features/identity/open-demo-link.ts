import { newId } from "@/lib/kernel/ids";
import { asksPublicHost, clientAddress } from "@/lib/platform/auth";
import { consumeRateLimit, RateLimitedError } from "@/lib/platform/http/rate-limit";
import { demoCookieHeader } from "./demo-cookie";
import { takeDemoLink } from "./demo-link";
import { listDemoUsers } from "./demo-users";

const rateLimit = { points: 30, perSeconds: 60 };

/**
 * Answers /demo/<token>: uses the link up, gives the browser its demo cookie and leads to the sign-in page, which says
 * how to get another link where this one does not open.
 */
export async function openDemoLink(request: Request, token: string): Promise<Response> {
  const { headers } = request;
  // A browser that only looks ahead must not use up what opens once.
  const ahead = /prefetch|prerender/i;
  if (ahead.test(headers.get("sec-purpose") ?? "") || ahead.test(headers.get("purpose") ?? ""))
    return plain(503, "Demo links can’t be prefetched. Open the link in a browser tab.");
  if (!asksPublicHost(headers)) return plain(421, "Demo links work only at the portal’s public URL.");
  const ip = clientAddress(headers);
  try {
    await consumeRateLimit("demo-link", ip, rateLimit);
  } catch (error) {
    if (!(error instanceof RateLimitedError)) throw error;
    return plain(429, error.message, { "retry-after": String(error.retryAfterSeconds) });
  }
  const userAgent = headers.get("user-agent") ?? "";
  const linkId = await takeDemoLink(token, { ip, userAgent, requestId: newId("http") });
  if (linkId !== null) return leadTo("/sign-in", { "set-cookie": await demoCookieHeader(linkId) });
  // The same link followed twice in one browser did its work the first time.
  const known = (await listDemoUsers(headers)).length > 0;
  return leadTo(known ? "/sign-in" : "/sign-in?error=DemoLink");
}

function leadTo(location: string, headers: Record<string, string> = {}): Response {
  const common = { location, "cache-control": "no-store", "referrer-policy": "no-referrer" };
  return new Response(null, { status: 303, headers: { ...common, ...headers } });
}

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "cache-control": "no-store", "content-type": "text/plain; charset=utf-8", ...headers },
  });
}
