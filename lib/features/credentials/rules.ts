import type { GitAddress } from "@/lib/clouds/contract";
import { AddressError, parseAddress } from "@/lib/platform/outgoing";

/**
 * The address of a credential in its one spelling: scheme, host, port where it is not the usual one, and a path
 * without a closing slash ("" for the whole server).
 * @throws AddressError, in words for the person who wrote it
 */
export function credentialAddress(text: string): string {
  const { href, path } = parseAddress(text, ["https:", "http:"]);
  if (path.includes("?")) throw new AddressError("Remove everything from the question mark");
  const prefix = path.replace(/\/+$/, "");
  return `${href.slice(0, href.length - path.length)}${prefix}`;
}

/**
 * Whether a server that decodes a path before it looks up a repository may see another one than its text says: encoded
 * slashes, backslashes, dots, percent signs and ends of text.
 */
function hasHiddenSegments(path: string): boolean {
  return /%(2f|5c|2e|25|00)|\\|\/\.{1,2}(\/|$)/i.test(path);
}

/**
 * The credential for a repository: scheme, host and port are the same, and the repository lies at or below the
 * credential's path. Of several the longest path wins. Null when none fits, and for
 * a path that a server may read as another one.
 */
export function chooseCredential<T extends { address: string }>(
  credentials: readonly T[],
  wanted: GitAddress,
): T | null {
  if (hasHiddenSegments(wanted.path)) return null;
  const fitting = credentials.filter(({ address }) => {
    const held = parseAddress(address, ["https:", "http:"]);
    if (held.protocol !== wanted.protocol || held.host !== wanted.host || held.port !== wanted.port)
      return false;
    const prefix = held.path.replace(/\/+$/, "");
    return wanted.path === prefix || wanted.path.startsWith(`${prefix}/`);
  });
  const [longest] = fitting.sort((left, right) => right.address.length - left.address.length);
  return longest ?? null;
}
