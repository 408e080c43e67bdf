import { AppError } from "@/lib/kernel/errors";
import { isAllowedOrigin } from "../auth";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

export function isSafeMethod(method: string): boolean {
  return safeMethods.has(method);
}

/**
 * Refuses a write that a browser sends with our cookie on behalf of another site. Browsers always name the origin of
 * such a request, so one that names none did not come from our pages either.
 * @throws AppError `forbidden`
 */
export function requireSameOrigin(request: Request): void {
  if (isSafeMethod(request.method)) return;
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  const sameSite = site === null || site === "same-origin";
  const sameOrigin = origin === null ? site === "same-origin" : isAllowedOrigin(origin, request.headers);
  if (sameSite && sameOrigin) return;
  throw new AppError(
    "forbidden",
    "This request came from another origin. Use the portal or a bearer token. If the portal runs behind a proxy, set PUBLIC_URL.",
  );
}
