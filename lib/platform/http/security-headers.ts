import type { ServerResponse } from "node:http";
import { usesSecureCookies } from "../auth/cookies";
import { beforeEveryRequest } from "./every-request";

/** One year, as long as browsers should remember that the portal is reached over https. */
export const strictTransport = "max-age=31536000";

/** What answers that are no pages may do in a browser that opens them by themselves: nothing. */
export const inertPolicy =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/** The headers that every answer has, unless the handler set another value. */
export function securityHeaders(): [name: string, value: string][] {
  return [
    ["content-security-policy", inertPolicy],
    ["x-content-type-options", "nosniff"],
    ["x-frame-options", "DENY"],
    ["referrer-policy", "same-origin"],
    ...(usesSecureCookies() ? ([["strict-transport-security", strictTransport]] as [string, string][]) : []),
  ];
}

/** Adds what is missing of them at the moment the headers are written, by any code. */
export function secureResponse(response: ServerResponse): void {
  const writeHead = response.writeHead as (...args: unknown[]) => ServerResponse;
  function securing(this: ServerResponse, ...args: unknown[]): ServerResponse {
    for (const [name, value] of securityHeaders()) {
      if (!this.hasHeader(name)) this.setHeader(name, value);
    }
    return writeHead.apply(this, args);
  }
  response.writeHead = securing as typeof response.writeHead;
}

/**
 * Lets every answer of this process's servers have the security headers: pages, the API, Next's own files, and what is
 * refused before Next sees it. The proxy gives pages a policy of their own.
 */
export function secureResponses(): void {
  beforeEveryRequest((_request, response) => {
    secureResponse(response);
    return false;
  });
}
