import { access } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import Dockerode from "dockerode";
import { type DockerVariables, dockerVariables } from "@/lib/platform/config";

/** A Docker engine found on this machine: what to put into a cloud's configuration, and its version. */
export interface LocalDocker {
  config: { socketPath: string } | { host: string; port: number; tls: boolean };
  version: string;
}

type Candidate = LocalDocker["config"];

/**
 * The first Docker engine that answers within a second: DOCKER_HOST, then the usual sockets. Null when there
 * is none. An engine behind TLS is left to the administrator, because its certificates are credentials.
 */
export async function findLocalDocker(
  environment: DockerVariables = dockerVariables(),
  timeoutMs = 1_000,
): Promise<LocalDocker | null> {
  const candidates = candidatesOf(environment);
  const answers = await Promise.all(candidates.map((candidate) => ask(candidate, timeoutMs)));
  return answers.find((answer) => answer !== null) ?? null;
}

function candidatesOf(environment: DockerVariables): Candidate[] {
  const given = fromDockerHost(environment.DOCKER_HOST);
  const sockets = ["/var/run/docker.sock"];
  if (environment.XDG_RUNTIME_DIR) sockets.push(join(environment.XDG_RUNTIME_DIR, "docker.sock"));
  sockets.push(join(environment.HOME ?? homedir(), ".docker/run/docker.sock"));
  return [...(given ? [given] : []), ...sockets.map((socketPath) => ({ socketPath }))];
}

function fromDockerHost(value: string | undefined): Candidate | null {
  if (!value) return null;
  if (value.startsWith("unix://")) return { socketPath: value.slice("unix://".length) };
  const match = /^(?:tcp|http):\/\/([^:/]+):(\d+)\/?$/.exec(value);
  return match?.[1] ? { host: match[1], port: Number(match[2]), tls: false } : null;
}

async function ask(candidate: Candidate, timeoutMs: number): Promise<LocalDocker | null> {
  const signal = AbortSignal.timeout(timeoutMs);
  const late = new Promise<null>((resolve) =>
    signal.addEventListener("abort", () => resolve(null), { once: true }),
  );
  return Promise.race([late, version(candidate, timeoutMs)]);
}

async function version(candidate: Candidate, timeoutMs: number): Promise<LocalDocker | null> {
  try {
    if ("socketPath" in candidate) await access(candidate.socketPath);
    const docker = new Dockerode({
      socketPath: "socketPath" in candidate ? candidate.socketPath : undefined,
      host: "host" in candidate ? candidate.host : undefined,
      port: "host" in candidate ? candidate.port : undefined,
      protocol: "http",
      ca: undefined,
      cert: undefined,
      key: undefined,
      timeout: timeoutMs,
    } as Dockerode.DockerOptions);
    const answer = await docker.version();
    return typeof answer?.Version === "string" ? { config: candidate, version: answer.Version } : null;
  } catch {
    // A candidate that is absent, forbidden or silent is simply not the engine we look for.
    return null;
  }
}
