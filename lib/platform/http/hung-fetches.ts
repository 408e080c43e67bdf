import type { IncomingMessage, ServerResponse } from "node:http";
import { untilDatabaseIsSilent } from "../db";
import { beforeEveryRequest } from "./every-request";

/**
 * Ends what the portal's scripts fetch of pages while the database is silent. A browser has six connections to a host:
 * links that are fetched ahead (their answers would come some time) would take them all, and no page that a person asks
 * for could even say that Rostrum is unavailable. What refreshes an open page waits, so that the page stays.
 */
export function endHungFetches(): void {
  beforeEveryRequest((request, response) => {
    const end = endOf(request);
    if (end !== "wait") void endWhenSilent(request, response, end);
    return false;
  });
}

/** How a request ends while the database is silent. */
type End = "wait" | "whenever" | "before its answer begins";

/** By what Next's router sends (`rsc`), which fetches a page's content in place of the page. */
export function endOf({ method, url = "/", headers }: IncomingMessage): End {
  if (method !== "GET" || headers.rsc === undefined) return "wait";
  if (headers["next-router-prefetch"] !== undefined || headers["next-router-segment-prefetch"] !== undefined)
    return "whenever";
  // Where the router gets no answer it lets the browser go there, which is told what happened.
  return isSamePage(headers.referer, url.split("?")[0] ?? "") ? "wait" : "before its answer begins";
}

/** Whether what asks for a page is that page itself, whatever its filters are. */
export function isSamePage(referer: string | null | undefined, pathname: string): boolean {
  return !!referer && URL.canParse(referer) && new URL(referer).pathname === pathname;
}

async function endWhenSilent(request: IncomingMessage, response: ServerResponse, end: End): Promise<void> {
  const closed = new AbortController();
  response.once("close", () => closed.abort());
  if (!(await untilDatabaseIsSilent(closed.signal))) return;
  if (end === "whenever" || !response.headersSent) request.socket.destroy();
}
