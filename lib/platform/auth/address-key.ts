import { isIP } from "node:net";

/**
 * What an address is counted as, wherever something is counted per address: an IPv4 address as itself, an IPv6 address as
 * its /64, since one subscriber has at least as many (RFC 6177, RFC 4291 2.5.1); one that maps an IPv4 address as that
 * one. Other text is left as it is.
 */
export function addressKey(address: string): string {
  const plain = address.trim().replace(/%.*$/, "");
  if (isIP(plain) !== 6) return isIP(plain) === 4 ? plain : address;
  const groups = groupsOf(plain);
  const mapped = mappedIpv4(groups);
  if (mapped !== null) return mapped;
  return `${groups.slice(0, 4).map(hex).join(":")}::/64`;
}

/** An IPv6 address that maps an IPv4 address as that one; everything else as it is. */
export function unmapAddress(address: string): string {
  return isIP(address) === 6 ? (mappedIpv4(groupsOf(address)) ?? address) : address;
}

const hex = (group: number) => group.toString(16);

function mappedIpv4(groups: readonly number[]): string | null {
  if (groups.slice(0, 5).some((group) => group !== 0) || groups[5] !== 0xffff) return null;
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join(".");
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const text = address.replace(/%.*$/, "").replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...parts) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${hex(a * 256 + b)}:${hex(c * 256 + d)}`;
  });
  const [head = "", tail] = text.split("::");
  const read = (half: string) =>
    half
      .split(":")
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16));
  const [before, after] = [read(head), read(tail ?? "")];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}
