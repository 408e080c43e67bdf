import { findHidden } from "@/lib/kernel/text";
import {
  AddressError,
  judgeUnresolved,
  type OutgoingAddress,
  parseAddress,
  parseAuthority,
} from "@/lib/platform/outgoing";

/** A Git address taken apart. `href` is rebuilt from the parts and is all that Git ever sees. */
export type GitSource =
  | { kind: "file"; href: string }
  | { kind: "network"; href: string; address: OutgoingAddress };

const scpShape = /^([A-Za-z0-9_][A-Za-z0-9_.-]{0,63})@([^:@/\\]+):([^:\\]+)$/;
const fileShape = /^file:\/\/(\/[\x21-\x5b\x5d-\x7e]+)$/;
const mostRefCharacters = 201;
/**
 * What git-check-ref-format(1) refuses (any other character may be in a name, of any script), and at the beginning what
 * Git takes for an option or for an order to overwrite.
 */
const refTraps = /^[-+]|^@$|[\p{Cc}\s~^:?*[\\]|@\{|\.\.|\/\/|^\/|(^|\/)\.|\.lock(\/|$)|[./]$/u;

/**
 * Takes a Git address apart: https://, http://, ssh:// or user@host:path, and file:// where the cloud allows it.
 * @throws AddressError, in words for the person who wrote it
 */
export function parseGitAddress(text: string, allowLocal: boolean): GitSource {
  const [, user, host, path] = text.includes("://") ? [] : (scpShape.exec(text) ?? []);
  if (user !== undefined && host !== undefined && path !== undefined) return scpSource(user, host, path);
  if (/^file:/i.test(text)) {
    if (!allowLocal) throw new AddressError("This cloud doesn’t allow file:// addresses");
    const [, file] = fileShape.exec(text) ?? [];
    if (file === undefined) throw new AddressError("Use file:// with an absolute path");
    return { kind: "file", href: `file://${file}` };
  }
  if (!/^(https?|ssh):/i.test(text)) {
    throw new AddressError("Use a Git address that starts with https://, http:// or ssh://");
  }
  const address = parseAddress(text, ["https:", "http:", "ssh:"]);
  if (address.path === "/") throw new AddressError("The address names a host but no repository");
  if (address.protocol !== "ssh:") return { kind: "network", href: address.href, address };
  const href = address.user === "" ? address.href : address.href.replace("//", `//${address.user}@`);
  return { kind: "network", href, address };
}

function scpSource(user: string, authority: string, path: string): GitSource {
  if (/[^\x21-\x7e]/.test(path) || path.startsWith("-"))
    throw new AddressError("The path of the repository is not valid");
  if (authority.includes("[")) throw new AddressError("Use ssh:// for an IPv6 address");
  const { host, port } = parseAuthority(authority, "ssh:");
  const href = `${user}@${host}:${path}`;
  return { kind: "network", href, address: { protocol: "ssh:", host, port, user, path, href } };
}

/** Whether a text can name a branch, tag or commit: Git's own rules, and nothing Git could take for an option. */
export function isGitRef(ref: string): boolean {
  const { length } = [...ref];
  return length > 0 && length <= mostRefCharacters && !refTraps.test(ref) && findHidden(ref) === null;
}

/** What is wrong with a Git address for this cloud, in words; null when nothing is. */
export function judgeGitAddress(
  address: string,
  ref: string | undefined,
  allowLocal: boolean,
): string | null {
  if (ref !== undefined && !isGitRef(ref)) return `"${ref}" is not a valid branch, tag or commit`;
  try {
    const source = parseGitAddress(address, allowLocal);
    if (source.kind === "network") judgeUnresolved(source.address, { loopback: allowLocal });
    return null;
  } catch (error) {
    if (error instanceof AddressError) return error.message;
    throw error;
  }
}
