import { lookup as systemLookup } from "node:dns/promises";
import { isIP } from "node:net";
import { getConfig } from "../config";
import { AddressError, endpointKey, type OutgoingAddress } from "./address";
import { listHas, type NetworkKind, networkList, networkOf } from "./networks";

/** One IP address of a host name. */
export interface Resolved {
  address: string;
  family: 4 | 6;
}

/** Finds the IP addresses of a name; the system's own way unless a test gives another. */
export type Lookup = (host: string) => Promise<readonly Resolved[]>;

/** Where a connection may lead, beyond public and private networks. */
export interface OutgoingPolicy {
  /** "host:port" of what belongs to the caller, such as the components of the same environment. */
  own?: ReadonlySet<string>;
  /** An administrator allowed loopback addresses for this purpose. */
  loopback?: boolean;
  lookup?: Lookup;
}

/** An address with the IP addresses it was judged by. Connect to these and to no other. */
export interface OutgoingTarget extends OutgoingAddress {
  /** Never empty; all of them were judged. */
  addresses: readonly [Resolved, ...Resolved[]];
}

/** A host name that does not resolve, which may pass. */
export class UnresolvedError extends Error {
  override readonly name = "UnresolvedError";
}

const refusals: Record<Exclude<NetworkKind, "public" | "private">, string> = {
  loopback: "this machine",
  "link-local": "a link-local address",
  unspecified: "an unspecified address",
  multicast: "a multicast address",
  shared: "a shared address (100.64.0.0/10)",
  metadata: "a cloud metadata service",
  reserved: "a reserved address",
};

/**
 * Resolves an address once and judges every IP address found. One that may not be reached refuses the whole name.
 * @throws AddressError when it may not be reached, UnresolvedError when the name is not found
 */
export async function openTarget(
  address: OutgoingAddress,
  policy: OutgoingPolicy = {},
): Promise<OutgoingTarget> {
  const [first, ...others] = await resolve(address.host, policy.lookup ?? lookupAll);
  if (!first) throw new UnresolvedError(`Host not found: ${address.host}`);
  for (const one of [first, ...others]) requireAllowed(address, one.address, policy);
  return { ...address, addresses: [first, ...others] };
}

/**
 * Judges what an address says by itself, without asking anybody: IP addresses and names of this machine. For plans.
 * @throws AddressError when it may not be reached
 */
export function judgeUnresolved(address: OutgoingAddress, policy: OutgoingPolicy = {}): void {
  if (isIP(address.host)) requireAllowed(address, address.host, policy);
  // RFC 6761: these names mean loopback everywhere.
  if (/(^|\.)localhost$/.test(address.host)) requireAllowed(address, "127.0.0.1", policy);
}

function requireAllowed(address: OutgoingAddress, found: string, policy: OutgoingPolicy): void {
  if (policy.own?.has(endpointKey(address.host, address.port))) return;
  const problem = judge(found, policy);
  if (problem === null) return;
  const named = address.host === found ? found : `${address.host} (${found})`;
  throw new AddressError(`Rostrum doesn’t connect to ${named}: ${problem}`);
}

async function resolve(host: string, lookup: Lookup): Promise<readonly Resolved[]> {
  const version = isIP(host);
  if (version !== 0) return [{ address: host, family: version === 6 ? 6 : 4 }];
  try {
    return await lookup(host);
  } catch (cause) {
    throw new UnresolvedError(`Host not found: ${host}`, { cause });
  }
}

async function lookupAll(host: string): Promise<Resolved[]> {
  const found = await systemLookup(host, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

function judge(address: string, policy: OutgoingPolicy): string | null {
  const { allow, deny } = getConfig().outgoing;
  if (listHas(networkList(deny), address)) return "OUTGOING_DENY includes this network";
  const kind = networkOf(address);
  if (kind === "public" || kind === "private") return null;
  if (kind === "loopback" && policy.loopback) return null;
  return listHas(networkList(allow), address) ? null : refusals[kind];
}
