import { getConfig } from "../config";

const loopbackNames = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether a host of a URL or a listening address means this machine only. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase();
  return loopbackNames.has(name) || name === "::1" || /^127\.\d+\.\d+\.\d+$/.test(name);
}

/**
 * The origin a request was sent to. A forged Host header must not decide where a sign-in returns to, so anything but
 * a loopback name with a port is answered with the configured public address.
 */
export function requestOrigin(headers: Headers): string {
  const { publicUrl, host } = getConfig();
  const configured = new URL(publicUrl).origin;
  const sent = headers.get("host");
  if (!sent || !isLoopbackHost(host) || !URL.canParse(`http://${sent}`)) return configured;
  const url = new URL(`http://${sent}`);
  const loopbackPublic = isLoopbackHost(new URL(publicUrl).hostname);
  return loopbackPublic && isLoopbackHost(url.hostname) ? url.origin : configured;
}

/** Whether an Origin header is our own. */
export function isAllowedOrigin(origin: string, headers: Headers): boolean {
  if (!URL.canParse(origin)) return false;
  const given = new URL(origin).origin;
  return given === new URL(getConfig().publicUrl).origin || given === requestOrigin(headers);
}

/**
 * Whether everything a request says about its way names this machine: the host it was sent to, and where proxies say it
 * came from. A page of another site that made its own name point here (DNS rebinding) says its name in Host; a proxy on
 * this machine that serves others says whom in its headers.
 */
export function isLoopbackRequest(headers: Pick<Headers, "get" | "has">): boolean {
  const hosts = [headers.get("host"), ...listed(headers, "x-forwarded-host")].filter(Boolean);
  const named = hosts.every((host) => {
    return URL.canParse(`http://${host}`) && isLoopbackHost(new URL(`http://${host}`).hostname);
  });
  const addresses = [...listed(headers, "x-forwarded-for"), ...listed(headers, "x-real-ip")];
  const near = addresses.every((address) => isLoopbackHost(address.replace(/^::ffff:/, "")));
  return hosts.length > 0 && named && near && !headers.has("forwarded");
}

function listed(headers: Pick<Headers, "get">, name: string): string[] {
  return (headers.get(name) ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
}
