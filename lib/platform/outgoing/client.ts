import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import {
  AddressError,
  componentUrl,
  endpointKey,
  hostAndPort,
  type OutgoingAddress,
  parseAddress,
} from "./address";
import { type OutgoingPolicy, type OutgoingTarget, openTarget } from "./target";

export interface OutgoingRequest {
  policy?: OutgoingPolicy;
  method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** For all of it, redirects included. */
  timeoutMs: number;
  /** The answer's body is read no further. Default: not at all. */
  maxBytes?: number;
  /** Redirects to follow, each judged like the first address. Default 0: a redirect is the answer. */
  maxRedirects?: number;
  signal?: AbortSignal;
}

export interface OutgoingAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** At most `maxBytes` of it. */
  body: Buffer;
  /** Where the answer came from, after redirects. */
  url: string;
}

const redirectStatuses = new Set([301, 302, 303, 307, 308]);
const personalHeaders = new Set(["authorization", "cookie", "proxy-authorization"]);

/**
 * The only way Rostrum makes HTTP requests to addresses that a template or a person names. Connects to exactly
 * the IP addresses that were judged (`openTarget`), uses no proxy of the environment, and is bounded in time and size.
 * @throws AddressError, UnresolvedError, or the connection's error
 */
export async function requestOutgoing(text: string, options: OutgoingRequest): Promise<OutgoingAnswer> {
  const limit = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  const open = (address: OutgoingAddress) => within(signal, openTarget(address, options.policy));
  let target = await open(parseAddress(text, ["https:", "http:"]));
  let sent = options;
  for (let left = options.maxRedirects ?? 0; ; left -= 1) {
    if (signal.aborted) throw timeoutOrAbort(signal);
    const answer = await exchange(target, sent, signal);
    const { location } = answer.headers;
    if (!options.maxRedirects || !redirectStatuses.has(answer.status) || location === undefined)
      return answer;
    if (left <= 0) throw new AddressError(`More than ${options.maxRedirects} redirects`);
    const next = await open(redirectAddress(location, target));
    sent = afterRedirect(sent, answer.status, target, next);
    target = next;
  }
}

/**
 * Asks a component at the host and port its driver gave, wherever those are. The path comes from a manifest and can
 * change neither. Redirects are answers.
 * @throws UnresolvedError, or the connection's error
 */
export async function requestComponent(
  at: { host: string; port: number; path: string },
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<OutgoingAnswer> {
  const url = componentUrl(at.host, at.port, at.path);
  const { host, port } = parseAddress(url, ["http:"]);
  return await requestOutgoing(url, { ...options, policy: { own: new Set([endpointKey(host, port)]) } });
}

function redirectAddress(location: string, from: OutgoingTarget) {
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(location) || location.startsWith("//");
  if (!absolute && !location.includes("\\") && URL.canParse(location, from.href))
    return parseAddress(new URL(location, from.href).href, ["https:", "http:"]);
  return parseAddress(location.startsWith("//") ? `${from.protocol}${location}` : location, [
    "https:",
    // What was asked for in private is not repeated in public.
    ...(from.protocol === "http:" ? (["http:"] as const) : []),
  ]);
}

/** 303, and a POST answered with 301 or 302, continue as GET; personal headers do not travel to another host. */
function afterRedirect(
  options: OutgoingRequest,
  status: number,
  from: OutgoingTarget,
  to: OutgoingTarget,
): OutgoingRequest {
  const asGet = status === 303 || (status < 303 && options.method === "POST");
  const { body, ...rest } = options;
  const same = from.protocol === to.protocol && hostAndPort(from) === hostAndPort(to);
  const kept = Object.entries(options.headers ?? {}).filter(
    ([name]) => same || !personalHeaders.has(name.toLowerCase()),
  );
  const headers = Object.fromEntries(kept);
  if (asGet) return { ...rest, headers, method: "GET" };
  return body === undefined ? { ...rest, headers } : { ...rest, headers, body };
}

/** A lookup that answers with what was judged, whatever the name's servers say by now. */
export function pinnedLookup({ addresses }: OutgoingTarget): LookupFunction {
  return (_host, options, done) => {
    const fitting = addresses.filter((one) => !options.family || one.family === Number(options.family));
    const [first] = fitting;
    if (!first) done(new Error("No IP address of the requested family"), "", 0);
    else if (options.all) done(null, [...fitting]);
    else done(null, first.address, first.family);
  };
}

function exchange(
  target: OutgoingTarget,
  options: OutgoingRequest,
  signal: AbortSignal,
): Promise<OutgoingAnswer> {
  const send = target.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(signal.aborted ? timeoutOrAbort(signal) : error);
    const call = send(
      {
        host: target.host,
        port: target.port,
        path: target.path,
        method: options.method ?? "GET",
        headers: { host: hostAndPort(target), ...options.headers },
        lookup: pinnedLookup(target),
        // A connection of its own: none is shared with what was judged by other rules.
        agent: false,
        signal,
      },
      (response) => {
        readStart(response, options.maxBytes ?? 0).then(
          (body) =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body,
              url: target.href,
            }),
          fail,
        );
      },
    );
    call.once("error", fail);
    call.end(options.body);
  });
}

/** A look-up cannot be stopped, but need not be waited for. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop = () => {};
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(timeoutOrAbort(signal));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function timeoutOrAbort(signal: AbortSignal): Error {
  const { reason } = signal;
  if (reason instanceof DOMException && reason.name === "TimeoutError") return new Error("Timed out");
  return reason instanceof Error ? reason : new Error("Canceled");
}

/** The beginning of an answer's body, read no further than the limit. */
async function readStart(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  if (maxBytes > 0) {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer);
      total += (chunk as Buffer).length;
      if (total >= maxBytes) break;
    }
  }
  response.destroy();
  return Buffer.concat(chunks).subarray(0, maxBytes);
}
