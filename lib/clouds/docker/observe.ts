import { type ComponentRef, DriverError, type Observation, type ResourceStatus } from "../contract";
import type { DockerCloud } from "./engine";
import { labels, networkName } from "./names";
import { outdatedReason } from "./outdated";
import { findOwn, type Inspected, neverStarted, type Own, replicasOf } from "./own";
import { portsHeld } from "./ports";
import { exitReason } from "./ready";

type Present = Extract<Observation, { present: true }>;

/** What the engine says about a component now. Containers decide; the record tells what was meant. */
export async function observeComponent(
  cloud: DockerCloud,
  ref: ComponentRef,
  signal?: AbortSignal,
): Promise<Observation> {
  const own = await findOwn(cloud, ref, { signal });
  const replicas = [...replicasOf(own).values()];
  const first = replicas[0];
  if (!first) return { present: false };
  return toObservation(cloud, ref, own, replicas, first);
}

/** Like `observeComponent`, where absence would be a contradiction. */
export async function requireObserved(
  cloud: DockerCloud,
  ref: ComponentRef,
  signal?: AbortSignal,
): Promise<Present> {
  const observation = await observeComponent(cloud, ref, signal);
  if (observation.present) return observation;
  throw new DriverError("retryable", `${ref.component} has no container. It was removed outside Rostrum.`);
}

function toObservation(
  cloud: DockerCloud,
  ref: ComponentRef,
  own: Own,
  replicas: Inspected[],
  first: Inspected,
): Present {
  const balancer = own.containers.find((container) => container.labels[labels.role] === "balancer");
  const running = replicas.filter((container) => container.State.Running).length;
  const desired = own.record?.replicas ?? replicas.length;
  const { status, message } = judge(own, replicas, balancer, desired);
  // Without a record (pruned by hand) the containers' own labels count, once they evidently work.
  const proven = status === "running" && replicas.every((container) => isHealthy(container));
  const ports = portsHeld(own);
  const { address } = cloud.config;
  const web = own.record ? own.record.web : Number(first.labels[labels.web]) || null;
  const webPort = web === null ? undefined : ports[String(web)];
  const internalPorts = Object.fromEntries(Object.keys(ports).map((port) => [port, Number(port)]));
  return {
    present: true,
    externalId: first.name.replace(/-previous$/, ""),
    status,
    appliedKey: own.record?.key ?? (proven ? (first.labels[labels.key] ?? null) : null),
    appliedDigest: own.record?.digest ?? (proven ? (first.labels[labels.digest] ?? null) : null),
    attributes: {
      image: first.labels[labels.image] ?? first.Config.Image,
      imageDigest: digestShown(first),
      container: first.name,
      containerId: first.Id.slice(0, 12),
      engine: cloud.engine.place,
      network: networkName(ref.environmentId),
      startedAt: oldestStart(replicas),
      health: first.State.Health?.Status ?? null,
      cpuLimit: first.HostConfig.NanoCpus > 0 ? first.HostConfig.NanoCpus / 1e9 : null,
      memoryLimitBytes: first.HostConfig.Memory > 0 ? first.HostConfig.Memory : null,
      volumes: first.Mounts.filter((mount) => mount.Type === "volume").length,
      balancer: balancer?.name ?? null,
      outdated: outdatedReason([...replicas, ...(balancer ? [balancer] : [])], cloud.config),
    },
    internal: { host: ref.component, ports: internalPorts },
    external: { host: address, ports },
    url: webPort === undefined ? null : `http://${address}:${webPort}`,
    outputs: {},
    replicas: { desired, running },
    ...(message ? { message } : {}),
  };
}

/** When the oldest of the replicas that run was started, ISO 8601; null when none runs. */
function oldestStart(replicas: readonly Inspected[]): string | null {
  const starts = replicas
    .filter(({ State }) => State.Running)
    .map(({ State }) => Date.parse(State.StartedAt));
  return starts.length === 0 ? null : new Date(Math.min(...starts)).toISOString();
}

/** The content that runs: its digest in a registry, or the id of an image that is in none. */
function digestShown(container: Inspected): string {
  const reference = container.labels[labels.imageReference] ?? container.Image;
  return reference.slice(reference.indexOf("@") + 1);
}

function isHealthy(container: Inspected): boolean {
  const status = container.State.Health?.Status;
  return status === undefined || status === "none" || status === "healthy";
}

function judge(
  own: Own,
  replicas: Inspected[],
  balancer: Inspected | undefined,
  desired: number,
): { status: ResourceStatus; message?: string } {
  const all = balancer ? [...replicas, balancer] : replicas;
  const dead = all.filter((container) => !container.State.Running);
  if (own.record?.stopped && dead.length === all.length) return { status: "stopped" };
  const exited = dead.find((container) => !neverStarted(container) && !container.name.endsWith("-previous"));
  if (exited) return { status: "failed", message: `${exited.name} is not running: ${exitReason(exited)}` };
  if (dead.length > 0) return { status: "creating", message: "Some containers haven’t started yet" };
  if (replicas.length < desired) {
    return { status: "failed", message: `${desired - replicas.length} of ${desired} replicas are missing` };
  }
  const frozen = all.find((container) => container.State.Paused);
  if (frozen) return { status: "running", message: `${frozen.name} is paused (data copy)` };
  const sick = replicas.find((container) => !isHealthy(container));
  if (!sick) return { status: "running" };
  const health = sick.State.Health;
  if (health?.Status === "starting") {
    return own.record
      ? { status: "running" }
      : { status: "creating", message: "Health check hasn’t passed yet" };
  }
  const said = health?.Log?.at(-1)?.Output.trim().slice(0, 300);
  return { status: "running", message: `Health check of ${sick.name} failed${said ? `: ${said}` : ""}` };
}
