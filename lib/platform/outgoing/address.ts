import { noUserinfo } from "@/lib/kernel/userinfo";

/** The protocols Rostrum speaks outward on behalf of templates, with their usual ports. */
export const usualPorts = { "https:": 443, "http:": 80, "ssh:": 22 } as const;
export type OutgoingProtocol = keyof typeof usualPorts;

/** An address taken apart once. Everything that connects uses these parts; no one reads the original text again. */
export interface OutgoingAddress {
  protocol: OutgoingProtocol;
  /** Lower case, an IP address in its usual form and without brackets. */
  host: string;
  port: number;
  /** Only with ssh; "" when the address names none. */
  user: string;
  /** Path and query, beginning with "/". */
  path: string;
  /** The address rebuilt from its parts, never with a user. */
  href: string;
}

/** An address that cannot be used, in words for the person who wrote it. Never quotes a password. */
export class AddressError extends Error {
  override readonly name = "AddressError";
}

const maxLength = 2_048;
// Control, format and white-space characters: invisible to one who reviews an address.
const unseen = /[\p{C}\p{Z}]/u;
const shape = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]+)([^#]*)(?:#.*)?$/i;
const authorityShape = /^(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?)(?::([0-9]{1,5}))?$/i;
const sshUser = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

/**
 * Takes an address apart as the WHATWG URL standard does and refuses everything that another parser could read as
 * another host: backslashes, unseen characters, user names, encoded or non-ASCII hosts, zones, closing dots. Other spellings
 * of an IPv4 address (127.1, 0x7f000001) become the usual one.
 * @throws AddressError
 */
export function parseAddress(text: string, protocols: readonly OutgoingProtocol[]): OutgoingAddress {
  if (text.length > maxLength) throw new AddressError(`The address is longer than ${maxLength} characters`);
  if (unseen.test(text)) throw new AddressError("The address contains spaces or control characters");
  if (text.includes("\\")) throw new AddressError("The address contains a backslash");
  const [, scheme = "", authority = "", rest = ""] = shape.exec(text) ?? [];
  const protocol = protocols.find((one) => one === `${scheme.toLowerCase()}:`);
  if (!protocol) throw new AddressError(`Use an address that starts with ${listed(protocols)}`);
  const at = authority.lastIndexOf("@");
  const user = at < 0 ? "" : authority.slice(0, at);
  if (at >= 0 && (protocol !== "ssh:" || !sshUser.test(user))) throw new AddressError(noUserinfo);
  const { host, port } = parseAuthority(authority.slice(at + 1), protocol);
  return { protocol, host, port, user, ...written(protocol, host, port, rest) };
}

function listed(protocols: readonly OutgoingProtocol[]): string {
  const names = protocols.map((one) => `${one}//`);
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** Host and port of "host", "host:port" or "[IPv6]:port". @throws AddressError */
export function parseAuthority(
  authority: string,
  protocol: OutgoingProtocol,
): { host: string; port: number } {
  if (/[^\x21-\x7e]/.test(authority))
    throw new AddressError("Write the host name in ASCII; international names start with xn--");
  if (authority.includes("%")) throw new AddressError("The host name contains % characters");
  const [, name = "", portText] = authorityShape.exec(authority) ?? [];
  if (name === "" || name.includes("..") || name.length > 253)
    throw new AddressError("The host name is not valid");
  const port = portText === undefined ? usualPorts[protocol] : Number(portText);
  if (port < 1 || port > 65_535) throw new AddressError("The port must be between 1 and 65535");
  // Parsed as a web address also for ssh: only those have their IP addresses brought to the usual form.
  const web = `http://${name}/`;
  if (!URL.canParse(web)) throw new AddressError("The host name is not valid");
  return { host: new URL(web).hostname.replace(/^\[|\]$/g, ""), port };
}

function written(
  protocol: OutgoingProtocol,
  host: string,
  port: number,
  rest: string,
): { path: string; href: string } {
  const { pathname, search } = new URL(`http://path.invalid${rest.startsWith("/") ? rest : `/${rest}`}`);
  const path = `${pathname}${search}`;
  return { path, href: `${protocol}//${hostAndPort({ protocol, host, port })}${path}` };
}

/** How host and port stand in an address: IPv6 in brackets, the usual port left out. */
export function hostAndPort({ protocol, host, port }: Pick<OutgoingAddress, "protocol" | "host" | "port">) {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === usualPorts[protocol] ? name : `${name}:${port}`;
}

/** Names a host and its port in sets of addresses: "example.com:443", "::1:80". */
export function endpointKey(host: string, port: number): string {
  return `${host.toLowerCase()}:${port}`;
}

/** The web address of a component's port, as its driver told it. The path comes from a manifest and stays a path. */
export function componentUrl(host: string, port: number, path: string): string {
  const name = host.includes(":") ? `[${host}]` : host;
  const rest = path.replace(/[\p{C}\p{Z}\\]/gu, (character) => encodeURIComponent(character));
  return `http://${name}:${port}${rest.startsWith("/") ? rest : `/${rest}`}`;
}
