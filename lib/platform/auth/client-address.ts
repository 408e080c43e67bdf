import { BlockList, isIP, isIPv6 } from "node:net";
import { getConfig } from "../config";
import { moduleLog } from "../log";
import { unmapAddress } from "./address-key";

/** Set by the portal's own server with the address of the connection; what a client sends under it is overwritten. */
export const peerHeader = "x-rostrum-peer";

/**
 * The address a request came from. Every proxy adds the address it was asked by to X-Forwarded-For, but anybody can send
 * that header too: it is believed from the right, as long as the one who added an entry is a proxy that `TRUSTED_PROXIES`
 * names. Without that setting no one is believed, not even this machine: components run on loopback as well.
 */
export function clientAddress(headers: Pick<Headers, "get">): string {
  const forwarded = (headers.get("x-forwarded-for") ?? "").split(",").map(plain).filter(Boolean);
  const peer = plain(headers.get(peerHeader) ?? "");
  // Only tests call handlers without a connection.
  if (!peer) return (forwarded.at(-1) ?? "").slice(0, 64);
  const chain = [...forwarded.filter((one) => one !== peer), peer];
  if (chain.length > 1 && !isTrustedProxy(peer)) warnOnce(peer);
  let at = chain.length - 1;
  while (at > 0 && isTrustedProxy(chain[at] ?? "")) at -= 1;
  return (chain[at] ?? "").slice(0, 64);
}

const holder = globalThis as typeof globalThis & { rostrumProxyWarned?: boolean };

/** Behind a proxy that is not named, all callers look like one. Said once: a client can send the header as often as it likes. */
function warnOnce(peer: string): void {
  if (holder.rostrumProxyWarned || !getConfig().publicUrlGiven) return;
  holder.rostrumProxyWarned = true;
  moduleLog("http").warn(
    { peer },
    `Ignoring X-Forwarded-For from ${peer}. If your proxy runs there, set TRUSTED_PROXIES to its address. Otherwise sign-in limits and the audit log see the proxy address for every user.`,
  );
}

/** For tests: nothing was said so far. */
export function resetProxyWarning(): void {
  holder.rostrumProxyWarned = false;
}

function plain(address: string): string {
  return unmapAddress(address.trim());
}

const groups: Record<string, readonly string[]> = {
  loopback: ["127.0.0.0/8", "::1/128"],
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10"],
};
const lists = new Map<string, BlockList>();

/** Whether `TRUSTED_PROXIES` names the sender of a request. */
export function isTrustedProxy(address: string): boolean {
  if (isIP(address) === 0) return false;
  const named = getConfig().trustedProxies;
  const key = named.join(",");
  const list = lists.get(key) ?? listOf(named);
  lists.set(key, list);
  return list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

function listOf(named: readonly string[]): BlockList {
  const list = new BlockList();
  for (const one of named.flatMap((name) => groups[name] ?? [name])) {
    const [network = "", bits] = one.split("/");
    const family = isIPv6(network) ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(bits), family);
  }
  return list;
}
