import { BlockList, isIP } from "node:net";

/** What an IP address is for, as far as it decides whether Rostrum may connect to it on behalf of a template. */
export type NetworkKind =
  | "public"
  | "private"
  | "loopback"
  | "link-local"
  | "unspecified"
  | "multicast"
  | "shared"
  | "metadata"
  | "reserved";

type Network = readonly [kind: NetworkKind, address: string, bits: number];

/** The first match decides. Source: the IANA special-purpose registries (RFC 6890) and the clouds' own manuals. */
const ipv4Networks: readonly Network[] = [
  ["metadata", "169.254.169.254", 32],
  ["metadata", "169.254.170.2", 32],
  ["metadata", "100.100.100.200", 32],
  ["metadata", "168.63.129.16", 32],
  ["metadata", "192.0.0.192", 32],
  ["unspecified", "0.0.0.0", 8],
  ["loopback", "127.0.0.0", 8],
  ["link-local", "169.254.0.0", 16],
  ["private", "10.0.0.0", 8],
  ["private", "172.16.0.0", 12],
  ["private", "192.168.0.0", 16],
  ["shared", "100.64.0.0", 10],
  ["reserved", "192.0.0.0", 24],
  ["reserved", "192.88.99.0", 24],
  // Documentation: no one answers there, and what does is an address someone gave away inside.
  ["reserved", "192.0.2.0", 24],
  ["reserved", "198.51.100.0", 24],
  ["reserved", "203.0.113.0", 24],
  ["reserved", "198.18.0.0", 15],
  ["multicast", "224.0.0.0", 4],
  ["reserved", "240.0.0.0", 4],
];

const ipv6Networks: readonly Network[] = [
  ["metadata", "fd00:ec2::254", 128],
  ["metadata", "fd20:ce::254", 128],
  ["unspecified", "::", 128],
  ["loopback", "::1", 128],
  ["link-local", "fe80::", 10],
  ["link-local", "fec0::", 10],
  ["private", "fc00::", 7],
  ["multicast", "ff00::", 8],
  // Translation and tunnels whose inner address depends on someone else's settings.
  ["reserved", "64:ff9b:1::", 48],
  ["reserved", "2001::", 32],
  ["reserved", "100::", 64],
  ["reserved", "100:0:0:1::", 64],
  ["reserved", "2001:db8::", 32],
  ["reserved", "3fff::", 20],
  ["reserved", "5f00::", 16],
];

const lists = new Map<Network, BlockList>();

/**
 * What an IP address is for. An IPv6 address that carries an IPv4 address (mapped, compatible, translated, NAT64,
 * 6to4, ISATAP) is what the inner one is; one with a zone is link-local.
 * @throws TypeError for what is not an IP address
 */
export function networkOf(address: string): NetworkKind {
  if (address.includes("%")) return "link-local";
  const version = isIP(address);
  if (version === 4) return kindIn(ipv4Networks, address, "ipv4");
  if (version !== 6) throw new TypeError(`"${address}" is not an IP address`);
  const own = kindIn(ipv6Networks, address, "ipv6");
  const inner = own === "public" ? innerIpv4(address) : null;
  return inner === null ? own : kindIn(ipv4Networks, inner, "ipv4");
}

function kindIn(networks: readonly Network[], address: string, family: "ipv4" | "ipv6"): NetworkKind {
  for (const network of networks) {
    let list = lists.get(network);
    if (!list) {
      list = new BlockList();
      list.addSubnet(network[1], network[2], family);
      lists.set(network, list);
    }
    if (list.check(address, family)) return network[0];
  }
  return "public";
}

/** The eight groups of an IPv6 address, in whichever form it is written. */
function groupsOf(address: string): number[] {
  const text = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = "", tail] = text.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const gap = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...gap, ...right].map((group) => Number.parseInt(group, 16));
}

/** The IPv4 address that an IPv6 address carries; null when it carries none. */
function innerIpv4(address: string): string | null {
  const groups = groupsOf(address);
  const [a = 0, b = 0, c = 0, , e = 0, f = 0, g = 0, h = 0] = groups;
  const noneBefore = (count: number) => groups.slice(0, count).every((group) => group === 0);
  const mapped = noneBefore(5) && (f === 0xffff || f === 0);
  const translated = noneBefore(4) && e === 0xffff && f === 0;
  const nat64 = a === 0x64 && b === 0xff9b && groups.slice(2, 6).every((group) => group === 0);
  const isatap = (e === 0 || e === 0x200) && f === 0x5efe;
  if (mapped || translated || nat64 || isatap) return dotted(g, h);
  return a === 0x2002 ? dotted(b, c) : null;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** A list of networks ("10.0.0.0/8") and single addresses, as an administrator writes them. */
export function networkList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", bits] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** Whether a list names an IP address, or the IPv4 address inside it. */
export function listHas(list: BlockList, address: string): boolean {
  const [plain = ""] = address.split("%");
  if (isIP(plain) !== 6) return list.check(plain, "ipv4");
  const inner = innerIpv4(plain);
  return list.check(plain, "ipv6") || (inner !== null && list.check(inner, "ipv4"));
}
