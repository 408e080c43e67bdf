import type Dockerode from "dockerode";
import { messageOf } from "@/lib/kernel/errors";
import { formatBytes } from "@/lib/kernel/format";
import { type ChangeContext, DriverError } from "../contract";
import { bounded, type DockerCloud } from "./engine";
import { statusOf } from "./errors";

/** What the driver reads of an image on the engine. */
export interface InspectedImage {
  id: string;
  /** repository@sha256:… of the registries it came from. */
  repoDigests: string[];
  /** The user it runs as; "" is root. */
  user: string;
  /** Names of its labels. */
  labels: string[];
}

/** An image on the engine; null when it has none of that name, digest or id. */
export async function inspectImage(
  cloud: DockerCloud,
  reference: string,
  signal?: AbortSignal,
): Promise<InspectedImage | null> {
  const { engine } = cloud;
  try {
    const found = await engine.call(
      `looking for the image ${reference}`,
      (abortSignal) =>
        engine.docker.getImage(reference).inspect({ abortSignal } as Dockerode.ImageInspectOptions),
      { signal },
    );
    return {
      id: found.Id,
      repoDigests: found.RepoDigests ?? [],
      user: found.Config?.User ?? "",
      labels: Object.keys(found.Config?.Labels ?? {}),
    };
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

const pullTimeoutMs = 20 * 60_000;
const progressEveryMs = 3_000;

/**
 * Makes sure that the engine has an image, pulling it when it is missing.
 * @param shown how people know it
 */
export async function ensureImage(
  cloud: DockerCloud,
  reference: string,
  ctx: Pick<ChangeContext, "log" | "signal">,
  shown = reference,
): Promise<InspectedImage> {
  const there = await inspectImage(cloud, reference, ctx.signal);
  if (there) return there;
  ctx.log(`Pulling the image ${shown}`);
  try {
    await bounded(`pulling the image ${shown}`, (signal) => pull(cloud, reference, ctx, signal), {
      signal: ctx.signal,
      timeoutMs: pullTimeoutMs,
    });
  } catch (error) {
    throw pullError(shown, error);
  }
  ctx.log(`Pulled the image ${shown}`);
  const pulled = await inspectImage(cloud, reference, ctx.signal);
  if (pulled) return pulled;
  throw new DriverError("retryable", `Image ${shown} was removed while it was being pulled.`);
}

interface PullEvent {
  status?: string;
  id?: string;
  error?: string;
  progressDetail?: { current?: number; total?: number };
}

async function pull(
  cloud: DockerCloud,
  image: string,
  ctx: Pick<ChangeContext, "log">,
  abortSignal: AbortSignal,
): Promise<void> {
  const authconfig = registryAuth(cloud.host.credentials, image);
  const stream = await cloud.engine.docker.pull(image, {
    abortSignal,
    ...(authconfig ? { authconfig } : {}),
  });
  const layers = new Map<string, { current: number; total: number }>();
  let loggedAt = Date.now();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onEvent(line, layers);
    if (Date.now() - loggedAt >= progressEveryMs && layers.size > 0) {
      loggedAt = Date.now();
      ctx.log(`Pulling ${image}: ${progressOf(layers)}`);
    }
  }
  if (rest.trim()) onEvent(rest, layers);
}

function onEvent(line: string, layers: Map<string, { current: number; total: number }>): void {
  if (!line.trim()) return;
  const event = JSON.parse(line) as PullEvent;
  // A pull that fails half way still answers 200: its last event says why.
  if (event.error) throw new Error(event.error);
  const { current, total } = event.progressDetail ?? {};
  if (event.status === "Downloading" && event.id && current !== undefined && total !== undefined) {
    layers.set(event.id, { current, total });
  }
}

function progressOf(layers: Map<string, { current: number; total: number }>): string {
  let current = 0;
  let total = 0;
  for (const layer of layers.values()) {
    current += layer.current;
    total += layer.total;
  }
  return `${formatBytes(current)} of ${formatBytes(total)}`;
}

const missing =
  /not found|manifest unknown|does not exist|no such image|name unknown|invalid reference format/i;
const denied = /denied|unauthorized|authentication required|no basic auth credentials|forbidden/i;

function pullError(image: string, error: unknown): DriverError {
  const cause = error instanceof DriverError && error.cause ? error.cause : error;
  const text = messageOf(cause);
  if (denied.test(text)) {
    return new DriverError("permanent", `The registry refused the image ${image}: ${text}`, {
      hint: "Check the image name and the cloud’s registry credentials (registryAuth).",
      cause,
    });
  }
  // "dial tcp: lookup x: no such host … not found" is a resolver speaking, not a registry.
  if (missing.test(text) && !/lookup |dial tcp/i.test(text)) {
    return new DriverError("permanent", `The image ${image} does not exist: ${text}`, {
      hint: "Correct the image name and tag in the template, or load the image on the engine’s host (docker load).",
      cause,
    });
  }
  if (error instanceof DriverError && error.kind === "retryable" && !cause) return error;
  return new DriverError("retryable", `Couldn’t pull image ${image}: ${text}`, {
    hint: "Make sure that the engine’s host can reach the registry, or load the image there manually (docker load).",
    cause,
  });
}

interface RegistryAuth {
  username: string;
  password: string;
  serveraddress: string;
}

/**
 * User and password for an image's registry, from the credential `registryAuth`: the JSON of a Docker
 * config.json (`{"auths": {"ghcr.io": {"auth": "…"}}}`) or just its map, with auth or username and password.
 */
export function registryAuth(credentials: Record<string, string>, image: string): RegistryAuth | undefined {
  if (!credentials.registryAuth) return undefined;
  let given: Record<string, unknown>;
  try {
    given = JSON.parse(credentials.registryAuth) as Record<string, unknown>;
  } catch (cause) {
    throw new DriverError("permanent", "The cloud’s registryAuth credential is not valid JSON.", { cause });
  }
  const map = (given.auths ?? given) as Record<
    string,
    { auth?: string; username?: string; password?: string }
  >;
  const registry = registryOf(image);
  for (const [server, entry] of Object.entries(map)) {
    const name = server.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
    if (name !== registry && !(registry === "docker.io" && name.endsWith("docker.io"))) continue;
    const [username = "", ...rest] = entry.auth
      ? Buffer.from(entry.auth, "base64").toString().split(":")
      : [entry.username ?? "", entry.password ?? ""];
    return { username, password: rest.join(":"), serveraddress: server };
  }
  return undefined;
}

function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}
