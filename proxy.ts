import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { type Destination, destinationOf, mayLeadNowhere } from "@/app/(portal)/addresses";
import { isPage, plainPath } from "@/app/is-page";
import { unavailablePage } from "@/components/shell/unavailable-page";
import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import {
  clientAddress,
  findSessionActor,
  handActor,
  type PersonActor,
  readSessionId,
} from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { isDatabaseAvailable } from "@/lib/platform/db/availability";
import { isSamePage } from "@/lib/platform/http/hung-fetches";
import { problemResponse } from "@/lib/platform/http/problem";
import { strictTransport } from "@/lib/platform/http/security-headers";
import { moduleLog } from "@/lib/platform/log";

/** What begins the URLs of the page in place of those that are not shown; the reason follows. */
const nowhere = "/nowhere";
/** The status of each reason. */
const statuses: Readonly<Record<string, number>> = { missing: 404, forbidden: 403, nowhere: 404 };

/**
 * Before everything else: an address that cannot be read (`%` that begins no character) leads nowhere, or is a problem
 * where it belongs to the API. Next would answer its own plain 500 once it looks for what the address stands for.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const { pathname } = request.nextUrl;
  const readable = isReadable(pathname);
  if (!pathname.startsWith("/api/")) return await beforePage(request, readable);
  if (readable) return NextResponse.next();
  const error = new AppError("invalid_request", "The address is not correctly percent-encoded.");
  return problemResponse(error, newId("http"));
}

function isReadable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    // The only reason it can fail: what is encoded is no text.
    return false;
  }
}

/**
 * Before every page: a fresh nonce for the content security policy (Next reads it out of the request's header and puts it
 * on its own scripts), the security headers, and the path, which server components cannot see otherwise. What is not there
 * for this person leads nowhere, and while the database is away every page is unavailable.
 */
async function beforePage(request: NextRequest, readable: boolean): Promise<NextResponse> {
  const nonce = randomBytes(16).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  headers.set("x-nonce", nonce);
  const requestId = newId("http");
  headers.set("x-request-id", requestId);
  const { pathname, search } = request.nextUrl;
  const plain = plainPath(pathname);
  if (plain !== pathname && readable && isPage(plain) && isRead(request))
    return secured(NextResponse.redirect(at(plain, request), 308), policy);
  const judged = judgedBefore(request);
  const address = judged?.address ?? `${pathname}${search}`;
  const viewer = isRefresh(request) ? null : await findViewer(request, requestId, address);
  if (viewer === "unavailable") {
    moduleLog("http").warn({ requestId }, "The database is unavailable.");
    const { body, init } = unavailablePage(nonce, requestId);
    return secured(new NextResponse(body, init), policy);
  }
  const destination =
    judged?.destination ?? (readable ? await findDestination(request, requestId, viewer) : "nowhere");
  headers.set("x-pathname", address);
  headers.set("x-destination", destination);
  const answer = { request: { headers }, status: statuses[destination] };
  const response =
    destination === "page" || judged
      ? NextResponse.next(answer)
      : NextResponse.rewrite(elsewhere(request, destination, address), answer);
  return secured(response, policy);
}

/**
 * Who asks, for the page as well. Null for those who aren't signed in, and when only this failed: the page meets the same
 * trouble and says so in the way that pages do.
 */
async function findViewer(
  request: NextRequest,
  requestId: string,
  address: string,
): Promise<PersonActor | null | "unavailable"> {
  if (!(await isDatabaseAvailable())) return "unavailable";
  try {
    const sessionId = await readSessionId(request.headers);
    if (!sessionId) return null;
    const operation = address.split("?")[0]?.slice(0, 300) ?? "";
    const facts = { requestId, ip: clientAddress(request.headers), operation };
    const viewer = await findSessionActor(sessionId, facts);
    if (viewer) handActor(sessionId, viewer);
    return viewer;
  } catch (error) {
    moduleLog("http").warn({ err: error, requestId }, "couldn't find who asks for a page");
    return null;
  }
}

const isRead = ({ method }: NextRequest) => method === "GET" || method === "HEAD";

/** What the portal's own scripts fetch: the next page, one fetched ahead, a refresh. */
const isFetch = (request: NextRequest) => request.headers.get("sec-fetch-dest") === "empty";

/** Whether an open page fetches itself again: it waits, and stays as it is. Next hides from a proxy what its router asks for. */
function isRefresh(request: NextRequest): boolean {
  return isFetch(request) && isSamePage(request.headers.get("referer"), request.nextUrl.pathname);
}

function secured(response: NextResponse, policy: string): NextResponse {
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
    response.headers.set("strict-transport-security", strictTransport);
  }
  return response;
}

/** The request's URL with another path: Next and the pages compare paths as they are usually written. */
function at(pathname: string, request: NextRequest): URL {
  const url = new URL(request.url);
  url.pathname = pathname;
  return url;
}

/** The URL that a request is sent on to, with what was found out and where it came from. */
function elsewhere(request: NextRequest, destination: string, address: string): URL {
  const url = new URL(`${nowhere}/${destination}`, request.url);
  // What cannot be read is handed on to no one who would try to.
  if (isReadable(address)) url.searchParams.set("address", address);
  return url;
}

/**
 * Listening on a loopback address, Next takes what it was sent on to for another host and asks there: the answer is in
 * the URL.
 */
function judgedBefore({ nextUrl }: NextRequest): { destination: string; address: string } | null {
  const destination = nextUrl.pathname.startsWith(`${nowhere}/`)
    ? nextUrl.pathname.slice(nowhere.length + 1)
    : "";
  if (!Object.hasOwn(statuses, destination)) return null;
  const address = nextUrl.searchParams.get("address") ?? "";
  // Anybody can ask for such a URL: only what was written by `elsewhere` becomes a header.
  return { destination, address: /^\/[\x21-\x7e]*$/.test(address) ? address : nowhere };
}

/**
 * A page answers 200 and a skeleton as soon as it begins to wait for data, so whether it is there is asked before. Only
 * for a person whom the browser takes there: what the portal itself fetches (the next page, a refresh) draws what it
 * finds in place, and no one reads its status. The page sends a visitor who is not signed in to sign in.
 */
async function findDestination(
  request: NextRequest,
  requestId: string,
  viewer: PersonActor | null,
): Promise<Destination | "nowhere"> {
  const { pathname } = request.nextUrl;
  if (isFetch(request)) return "page";
  // What begins with an underscore is Next's own.
  if (!isPage(pathname) && !pathname.startsWith("/_") && isRead(request)) return "nowhere";
  if (viewer === null || !mayLeadNowhere(pathname)) return "page";
  try {
    return await destinationOf(viewer, pathname);
  } catch (error) {
    // The page meets the same trouble and says so in the way that pages do.
    moduleLog("http").warn({ err: error, requestId }, "could not look where an address leads");
    return "page";
  }
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
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

export const config = {
  matcher: [
    // Assets are immutable files; the API and what stands in for simulated workloads set headers of their own.
    "/((?!api/|simulated/|_next/static|_next/image|icon.svg|favicon.ico|fonts/).*)",
    // Of the API only what may be unreadable: a `%` that does not begin an ASCII character.
    "/(api/.*%(?![0-7][0-9a-fA-F]).*)",
  ],
};
