import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "@/lib/kernel/errors";
import { isLoopbackHost } from "@/lib/kernel/hosts";
import { newId } from "@/lib/kernel/ids";
import { unmapAddress } from "../auth/address-key";
import { isTrustedProxy } from "../auth/client-address";
import { getConfig } from "../config";
import { beforeEveryRequest } from "./every-request";
import { problemBody, problemHeaders } from "./problem";

/** Monitoring asks from anywhere, and is told nothing that needs hiding. */
const healthPath = /^\/api\/v1\/health(?:[/?]|$)/;

/**
 * Keeps passwords, cookies and tokens from crossing a network unencrypted: Rostrum ends no TLS, so it answers this
 * machine, and proxies that end it. Other machines get 403 and the reason, unless `ALLOW_PLAIN_HTTP` is on.
 */
export function refusePlainHttp(): void {
  beforeEveryRequest((request, response) => {
    if (getConfig().allowPlainHttp || !isUnencrypted(request)) return false;
    refuse(request, response);
    return true;
  });
}

/**
 * Whether a request crossed a network as it is: it came from another machine, and no proxy ended TLS. A proxy says so with
 * X-Forwarded-Proto; without that header one that `TRUSTED_PROXIES` names is taken to, unless people use an http address.
 * A client can send the header too, to its own harm only.
 */
export function isUnencrypted(request: IncomingMessage): boolean {
  if (healthPath.test(request.url ?? "")) return false;
  const { remoteAddress = "", localAddress = "" } = request.socket;
  const peer = unmapAddress(remoteAddress);
  if (isLoopbackHost(peer) || peer === unmapAddress(localAddress)) return false;
  const [protocol] = [request.headers["x-forwarded-proto"]].flat().join(",").split(",");
  if (protocol) return protocol.trim().toLowerCase() !== "https";
  const address = new URL(getConfig().publicUrl);
  return !isTrustedProxy(peer) || (address.protocol === "http:" && !isLoopbackHost(address.hostname));
}

function refuse({ url = "/" }: IncomingMessage, response: ServerResponse): void {
  const message =
    "Rostrum accepts only HTTPS from other machines. Set up a TLS proxy that sends X-Forwarded-Proto, or add it to TRUSTED_PROXIES. On a trusted network, set ALLOW_PLAIN_HTTP=on.";
  const requestId = newId("http");
  const isApi = url.startsWith("/api/");
  const headers = isApi ? problemHeaders(requestId) : { "content-type": "text/plain; charset=utf-8" };
  const body = isApi ? problemBody(new AppError("forbidden", message), requestId) : `${message}\n`;
  // What was sent is not read, so the connection ends.
  response.writeHead(403, { ...headers, "cache-control": "no-store", connection: "close" }).end(body);
}
