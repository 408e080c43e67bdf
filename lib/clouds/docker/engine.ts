import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import Dockerode from "dockerode";
import { formatDuration } from "@/lib/kernel/format";
import { DriverError, type DriverHost } from "../contract";
import type { DockerConfig } from "./config";
import { toDriverError } from "./errors";
import { findLocalDocker } from "./find-local";

export const callTimeoutMs = 30_000;

export interface CallOptions {
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
  /**
   * Makes something: once sent the engine makes it, whether or not anyone waits. Stopped on request it is waited for a
   * moment, so that a removal that follows finds it.
   */
  creates?: boolean;
}

/** How long a creation may still take after a stop was requested. */
const creationGraceMs = 5_000;

/** A Docker engine behind one door: every call is bounded in time and fails with a DriverError. */
export interface Engine {
  docker: Dockerode;
  /** Where it is, for messages. */
  place: string;
  call<T>(doing: string, run: (signal: AbortSignal) => Promise<T>, options?: CallOptions): Promise<T>;
  close(): void;
}

/** Everything the driver's functions need of one open cloud. */
export interface DockerCloud {
  engine: Engine;
  config: DockerConfig;
  host: DriverHost;
}

/** Runs a call with a limit. The race is there because not every client call honors its signal. */
export async function bounded<T>(
  doing: string,
  run: (signal: AbortSignal) => Promise<T>,
  options: CallOptions = {},
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? callTimeoutMs;
  if (options.signal?.aborted) throw abortError(doing, timeoutMs, false);
  const limit = AbortSignal.timeout(timeoutMs);
  const asked = options.creates ? later(options.signal, creationGraceMs) : options.signal;
  const signal = asked ? AbortSignal.any([asked, limit]) : limit;
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortError(doing, timeoutMs, limit.aborted && !options.signal?.aborted));
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    const running = run(signal);
    return await Promise.race([running, aborted]);
  } catch (error) {
    if (signal.aborted) throw abortError(doing, timeoutMs, !options.signal?.aborted);
    throw toDriverError(error, doing);
  } finally {
    if (onAbort) signal.removeEventListener("abort", onAbort);
  }
}

/** Aborts a while after another signal did; that one has not yet. */
function later(signal: AbortSignal | undefined, delayMs: number): AbortSignal | undefined {
  if (!signal) return undefined;
  const delayed = new AbortController();
  signal.addEventListener("abort", () => setTimeout(() => delayed.abort(), delayMs).unref(), { once: true });
  return delayed.signal;
}

function abortError(doing: string, timeoutMs: number, timedOut: boolean): DriverError {
  return timedOut
    ? new DriverError(
        "retryable",
        `Docker didn’t respond within ${formatDuration(timeoutMs)} while ${doing}.`,
      )
    : new DriverError("retryable", `Interrupted while ${doing}.`);
}

/** Opens the client; nothing is sent yet. Throws a permanent DriverError when no engine is configured or found. */
export async function openEngine(config: DockerConfig, credentials: Record<string, string>): Promise<Engine> {
  const target = await targetOf(config);
  const secure = target.host !== undefined && target.tls;
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: false });
  const { ca, cert, key } = secure ? credentials : ({} as Record<string, string>);
  // Every field is given, undefined ones too: the client would fill the gaps from DOCKER_HOST of this process.
  const docker = new Dockerode({
    socketPath: target.socketPath,
    host: target.host,
    port: target.host === undefined ? undefined : target.port,
    protocol: secure ? "https" : "http",
    ca,
    cert,
    key,
    agent,
    pathPrefix: "/",
  } as Dockerode.DockerOptions);
  return {
    docker,
    place: target.socketPath ?? `${target.host}:${target.port}`,
    call: bounded,
    close: () => agent.destroy(),
  };
}

interface Target {
  socketPath?: string | undefined;
  host?: string | undefined;
  port?: number;
  tls?: boolean;
}

async function targetOf(config: DockerConfig): Promise<Target> {
  if (config.host) {
    return { host: config.host, port: config.port ?? (config.tls ? 2376 : 2375), tls: config.tls };
  }
  if (config.socketPath) return { socketPath: config.socketPath };
  const found = await findLocalDocker();
  if (!found) {
    throw new DriverError("retryable", "No Docker engine found on this machine.", {
      hint: "Start Docker, or configure a socketPath or host for the cloud.",
    });
  }
  return { ...found.config };
}

/**
 * Options of a call that creates something. The client writes a plain body into the address too, where
 * request logs keep it with every password in it; told apart like this, only the query goes there.
 */
export function creation<T>(query: Record<string, string>, body: object, abortSignal: AbortSignal): T {
  return { _query: query, _body: body, abortSignal } as T;
}
