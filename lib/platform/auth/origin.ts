import { isLoopbackHost } from "@/lib/kernel/hosts";
import { getConfig } from "../config";
import { asksPublicHost, requestedHost } from "./public-host";

/**
 * The origin a request was sent to. A forged Host header must not decide where a sign-in returns to, so it is the
 * configured public address, but for its port where that is this machine's own name: a tunnel has another.
 */
function requestOrigin(headers: Pick<Headers, "get">): string {
  const { publicUrl, host } = getConfig();
  const configured = new URL(publicUrl);
  const asked = requestedHost(headers);
  if (!asked || !asksPublicHost(headers)) return configured.origin;
  if (!isLoopbackHost(host) || !isLoopbackHost(configured.hostname)) return configured.origin;
  return new URL(`${configured.protocol}//${asked.host}`).origin;
}

/** Whether an Origin header is our own. */
export function isAllowedOrigin(origin: string, headers: Headers): boolean {
  if (!URL.canParse(origin)) return false;
  const given = new URL(origin).origin;
  return given === new URL(getConfig().publicUrl).origin || given === requestOrigin(headers);
}
