/**
 * A bare host name or IP address as a URL writes it: lower case, IPv4 in four decimal parts, IPv6 in brackets, names
 * with other letters in Punycode. Null for what is no bare host: with a scheme, user, port or path.
 */
export function canonicalHost(text: string): string | null {
  const bare = /^[^\s/\\?#@%:[\]]+$/.test(text);
  const inner = /^\[([0-9a-f:.]+)\]$/i.exec(text)?.[1] ?? text;
  const v6 = !bare && inner.includes(":") && /^[0-9a-f:.]+$/i.test(inner);
  if (!bare && !v6) return null;
  const address = `http://${v6 ? `[${inner}]` : text}`;
  return URL.canParse(address) ? new URL(address).hostname : null;
}

/**
 * Whether a browser may send the cookies of one host to the other. Ports keep no cookies apart; a final dot is
 * overlooked, so that no two spellings of one name pass for two hosts.
 */
export function sharesCookies(left: string, right: string): boolean {
  const [a, b] = [left, right].map((host) => canonicalHost(host)?.replace(/\.+$/, ""));
  return a !== undefined && a === b;
}

const loopbackNames = new Set(["localhost", "[::1]", "::1"]);

/** Whether a host of a URL or a listening address means this machine only. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase();
  return loopbackNames.has(name) || /^127\.\d+\.\d+\.\d+$/.test(name);
}
