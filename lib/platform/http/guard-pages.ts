import type { IncomingMessage, ServerResponse } from "node:http";
import { messageOf } from "@/lib/kernel/errors";
import { isLoopbackHost } from "@/lib/kernel/hosts";
import { addressKey } from "../auth/address-key";
import { peerHeader } from "../auth/client-address";
import { asksPublicHost, requestedHost } from "../auth/public-host";
import { getConfig } from "../config";
import { moduleLog } from "../log";
import { beforeEveryRequest } from "./every-request";
import { consumeRateLimit, RateLimitedError } from "./rate-limit";

/** A person who types the address again stays below this; a proxy that hides the host goes in a circle at once. */
const sameAddressLimit = { points: 6, perSeconds: 10, ofEveryRequest: true as const };

/**
 * Lets the portal's pages be answered at the host of `PUBLIC_URL` alone. Done before Next sees a request: Next turns a
 * redirect to an address it takes for its own into a relative one, which would lead nowhere else.
 */
export function guardPages(): void {
  beforeEveryRequest((request, response) => {
    if (!isMisdirected(request)) return false;
    void turnAway(request, response).catch((error: unknown) => {
      moduleLog("http").error({ err: error }, `a request could not be redirected: ${messageOf(error)}`);
      response.destroy();
    });
    return true;
  });
}

/**
 * Whether a request asks for a page at another host. The API answers bearer tokens everywhere, and health at any
 * address; cookies it accepts at the public host alone. Next's own files are the same for everybody.
 */
export function isMisdirected(request: IncomingMessage): boolean {
  const path = request.url ?? "/";
  return !path.startsWith("/api/") && !path.startsWith("/_next/") && !asksPublicHost(sentBy(request));
}

/** Redirects a page to the public origin; answers 421 and the reason where that would lead astray. */
export async function turnAway(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const origin = await originFor(request);
  if (typeof origin === "string") {
    // Temporary: a browser keeps a permanent one for years, and PUBLIC_URL may change.
    return end(response, 307, "", { location: `${origin}${request.url}` });
  }
  tellOnce(request.headers.host ?? "", origin.reason);
  end(response, 421, `${origin.reason}\n`);
}

const told = new Set<string>();

/** The operator hears of a host once, and of some dozens at most: anybody can send any. */
function tellOnce(host: string, reason: string): void {
  if (told.has(host) || told.size >= 50) return;
  told.add(host);
  moduleLog("http").warn({ host }, reason);
}

async function originFor(request: IncomingMessage): Promise<string | { reason: string }> {
  const { publicUrl } = getConfig();
  const configured = new URL(publicUrl);
  const asked = requestedHost(sentBy(request));
  const { method = "GET", url = "/" } = request;
  const isHere = isLoopbackHost(configured.hostname);
  if (!asked || !url.startsWith("/") || !["GET", "HEAD"].includes(method))
    return { reason: `The URL of this portal is ${publicUrl}.` };
  if (isHere && !isLoopbackHost(asked.hostname)) {
    const hint = `To use ${asked.hostname}, set PUBLIC_URL to its URL.`;
    return { reason: `The URL of this portal is ${publicUrl}. ${hint}` };
  }
  const peer = request.headers[peerHeader] ?? request.socket.remoteAddress ?? "";
  try {
    await consumeRateLimit("other-host", `${addressKey(String(peer))} ${asked.host}${url}`, sameAddressLimit);
  } catch (error) {
    if (!(error instanceof RateLimitedError)) throw error;
    const hint = `If you use a proxy, configure it to forward the Host header.`;
    const wrong = `but the request was for ${asked.host}`;
    return { reason: `The URL of this portal is ${publicUrl}, ${wrong}. ${hint}` };
  }
  // A tunnel to this machine has a port of its own.
  return isHere ? `${configured.protocol}//${configured.hostname}${portOf(asked)}` : configured.origin;
}

const portOf = ({ port }: URL) => (port ? `:${port}` : "");

function end(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}) {
  const common = { "cache-control": "no-store", "content-type": "text/plain; charset=utf-8" };
  response.writeHead(status, { ...common, ...headers }).end(text);
}

function sentBy({ headers }: IncomingMessage): Pick<Headers, "get"> {
  return {
    get: (name) => {
      const value = headers[name];
      return (Array.isArray(value) ? value.join(", ") : value) ?? null;
    },
  };
}
