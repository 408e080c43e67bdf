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
    ? `The portal listens on ${host} without TLS`
    : `Users reach the portal without TLS (${publicUrl})`;
  const consequence = allowPlainHttp
    ? "Other machines send passwords, session cookies and tokens unencrypted."
    : "Other machines are refused, because passwords, session cookies and tokens would be unencrypted.";
  const otherwise = allowPlainHttp ? "" : " On a trusted network, set ALLOW_PLAIN_HTTP=on to allow them.";
  return `${what}. ${consequence} Use a TLS proxy and set PUBLIC_URL to its https URL.${otherwise}`;
}

/** An https address is always that of a proxy. */
function proxyWarning({ publicUrl, trustedProxies }: Facts): string | null {
  if (!publicUrl.startsWith("https://") || trustedProxies.length > 0) return null;
  return "PUBLIC_URL is an https URL, but TRUSTED_PROXIES is not set. Set it to the address of your proxy. Otherwise sign-in limits and the audit log see the proxy address for every user.";
}
