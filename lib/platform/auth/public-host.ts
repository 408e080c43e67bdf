import { getConfig } from "../config";
import { isTrustedProxy, peerHeader } from "./client-address";

type Sent = Pick<Headers, "get">;

/**
 * The host, with its port, that a person's browser asked: the Host header, or what a proxy that `TRUSTED_PROXIES` names
 * says in X-Forwarded-Host. Null for what is no host.
 */
export function requestedHost(headers: Sent): URL | null {
  const forwarded = isTrustedProxy(headers.get(peerHeader) ?? "")
    ? (headers.get("x-forwarded-host") ?? "").split(",").at(-1)?.trim()
    : undefined;
  const host = forwarded || headers.get("host");
  if (!host || /[/\\?#@\s]/.test(host) || !URL.canParse(`http://${host}`)) return null;
  return new URL(`http://${host}`);
}

/**
 * Whether a request asked the host of `PUBLIC_URL`. Cookies are set and accepted there alone: what environments link to
 * has other hosts, and a browser keeps cookies apart by host, not by port.
 */
export function asksPublicHost(headers: Sent): boolean {
  return requestedHost(headers)?.hostname === new URL(getConfig().publicUrl).hostname;
}
