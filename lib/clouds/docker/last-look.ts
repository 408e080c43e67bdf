import { isDeepStrictEqual } from "node:util";
import { DriverError } from "../contract";
import type { CreateBody } from "./body";
import type { DockerConfig } from "./config";
import { type Found, hostProblem } from "./host-look";
import { labels } from "./names";
import { isNumberedUser } from "./users";

/** The parts of a body that the driver sets. The engine knows more, such as a MAC address or anonymous volumes. */
const bodyKeys = new Set([
  "name",
  "Image",
  "Entrypoint",
  "Cmd",
  "Env",
  "User",
  "WorkingDir",
  "Hostname",
  "Labels",
  "ExposedPorts",
  "Healthcheck",
  "StopSignal",
  "StopTimeout",
  "HostConfig",
  "NetworkingConfig",
]);

/**
 * The last look at a container before the engine is asked to make it. It trusts nothing that came before: only listed
 * fields with listed values pass, so a mistake in how a body is put together ends here and not on the host.
 * @throws DriverError permanent
 */
export function requireContained(body: CreateBody, config: DockerConfig): void {
  const problem = bodyProblem(body, config);
  if (!problem) return;
  throw new DriverError("permanent", `Couldn't create container ${body.name}: ${problem}.`, {
    hint: "This is a bug in Rostrum. Report it.",
  });
}

function bodyProblem(body: CreateBody, config: DockerConfig): string | null {
  const unknown = Object.entries(body).find(([key, value]) => value !== undefined && !bodyKeys.has(key));
  if (unknown) return `${unknown[0]} is set`;
  const host = (body.HostConfig ?? {}) as Record<string, unknown>;
  const networks = Object.keys(body.NetworkingConfig?.EndpointsConfig ?? {});
  if (!networks.every((id) => id === host.NetworkMode)) return "it joins another network";
  const aliases = Object.values(body.NetworkingConfig?.EndpointsConfig ?? {});
  if (!aliases.every((endpoint) => isDeepStrictEqual(Object.keys(endpoint ?? {}), ["Aliases"]))) {
    return "it requests a specific network address";
  }
  const role = body.Labels[labels.role];
  if (config.refuseRootUser && !mayBeRoot(role, body, config)) return "it runs as root";
  const found: Found = { host, labels: body.Labels, made: false };
  return hostProblem(found, config);
}

/** Balancers and helpers that run something use the administrator's own image; other helpers are never started. */
function mayBeRoot(role: string | undefined, body: CreateBody, config: DockerConfig): boolean {
  if (role === "component") return isNumberedUser(body.User ?? "");
  return role === "balancer" || body.User === undefined || body.Image === config.balancerImage;
}
