import { isLoopbackHost } from "@/lib/kernel/hosts";
import { type Config, getConfig } from "./load";

type Facts = Pick<Config, "host" | "publicUrl" | "allowPlainHttp" | "trustedProxies">;

/** Settings that work but leave something open, one sentence or two each: for the log, the terminal and administrators. */
export function startWarnings(config: Facts = getConfig()): string[] {
  return [plainHttpWarning(config), proxyWarning(config)].filter((one) => one !== null);
}

/** Rostrum ends no TLS, so what is not https at a proxy crosses the network as it is, or is refused. */
function plainHttpWarning({ host, publicUrl, allowPlainHttp }: Facts): string | null {
  const { protocol, hostname } = new URL(publicUrl);
  if (protocol === "https:" || (isLoopbackHost(hostname) && isLoopbackHost(host))) return null;
  const what = isLoopbackHost(hostname)
    ? `The portal listens on ${host} over plain http`
    : `People reach the portal over plain http (${publicUrl})`;
  const consequence = allowPlainHttp
    ? "other machines send passwords, session cookies and tokens unencrypted"
    : "other machines are refused, because passwords, session cookies and tokens would be unencrypted";
  const otherwise = allowPlainHttp ? "" : " On a network you trust, ALLOW_PLAIN_HTTP=on lets them in.";
  return `${what}: ${consequence}. Put a proxy with TLS before it and set PUBLIC_URL to its https address.${otherwise}`;
}

/** An https address is always that of a proxy. */
function proxyWarning({ publicUrl, trustedProxies }: Facts): string | null {
  if (!publicUrl.startsWith("https://") || trustedProxies.length > 0) return null;
  return "PUBLIC_URL is an https address, so a proxy stands before Rostrum, but TRUSTED_PROXIES is not set. Set it to the proxy's address; until then sign-in limits and the audit log see the proxy's address for every user.";
}
