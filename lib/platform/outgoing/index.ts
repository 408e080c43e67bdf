import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

export { type Post, post } from "./post";

/** Services that only this host is meant to reach: its own, and what clouds tell their machines (metadata, credentials). */
const inner = new BlockList();
inner.addSubnet("127.0.0.0", 8);
inner.addSubnet("169.254.0.0", 16);
inner.addSubnet("0.0.0.0", 8);
inner.addSubnet("fe80::", 10, "ipv6");
inner.addAddress("::1", "ipv6");
inner.addAddress("::", "ipv6");
inner.addSubnet("::ffff:127.0.0.0", 104, "ipv6");
inner.addSubnet("::ffff:169.254.0.0", 112, "ipv6");

/** Whether an IP address is one that only this host is meant to reach. */
export function isInner(address: string): boolean {
  return inner.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/**
 * Why an address that a template names may not be asked: it leads to loopback or link-local and is none of `own`
 * ("host:port"); null when it may. A name that is not found is left to the caller, who will not reach it either.
 */
export async function refusalOf(address: string, own: ReadonlySet<string>): Promise<string | null> {
  if (!URL.canParse(address)) return `"${address}" is not an address`;
  const { protocol, hostname } = new URL(address);
  if (protocol !== "http:" && protocol !== "https:") return `${protocol}// is not fetched`;
  if (own.has(hostAndPort(address))) return null;
  const host = hostname.replace(/^\[|\]$/g, "");
  const found = await lookup(host, { all: true }).catch(() => []);
  const blocked = found.some((one) => isInner(one.address));
  return blocked ? `${host} is this machine's own network, and no part of the environment` : null;
}

/** Host and port of an address, the port also where it is the usual one: "example.com:443". */
export function hostAndPort(address: string): string {
  const { protocol, hostname, port } = new URL(address);
  return `${hostname.replace(/^\[|\]$/g, "")}:${port || (protocol === "https:" ? "443" : "80")}`;
}

/** The beginning of an answer's body, read no further than the limit. */
export async function readStart(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  const reader = response.body?.getReader();
  while (reader && total < maxBytes) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    total += value.length;
  }
  await reader?.cancel();
  return Buffer.concat(chunks).subarray(0, maxBytes).toString("utf8");
}
