import { isIP } from "node:net";
import { messageOf } from "@/lib/kernel/errors";
import type { ComponentRef, DesiredComponent, HealthCheckSpec } from "../contract";
import { probe, probePort } from "../probe";
import type { DockerCloud } from "./engine";
import { execInContainer } from "./exec";
import { balancerName, labels } from "./names";
import { probeFromNetwork } from "./network-probe";
import { findOwn, type Inspected, replicasOf } from "./own";
import { portsHeld } from "./ports";
import { type ContainerPlan, needsBalancer, requirePlan } from "./spec";

/** Docker's own proxy accepts every connection, and hangs up at once when no one listens inside. */
const holdMs = 150;

/** Where the ports of one container can be reached. */
export interface Reach {
  ref: ComponentRef;
  plan: ContainerPlan;
  /** Ports published by this very container, and where. Null where another one (a balancer) publishes them, or none. */
  external: { host: string; ports: Record<string, number> } | null;
}

/**
 * Makes a health check of one container: a command in it, a published port where people reach it, and any other port
 * inside the environment's network. Never throws.
 * @returns null when it passes, else what was seen
 */
export async function probeReplica(
  cloud: DockerCloud,
  container: Inspected,
  check: HealthCheckSpec,
  reach: Reach,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    if (check.probe.type === "exec") {
      const exec = (command: string[], timeoutMs: number) =>
        execInContainer(cloud, container.name, { command, timeoutMs, signal });
      return await probe(check, { host: "", ports: {}, exec }, signal);
    }
    const port = check.port ?? firstPort(reach.plan);
    if (port === undefined) return "no port";
    const published = reach.external?.ports[String(port)];
    if (reach.external && published !== undefined) {
      const target = { host: reach.external.host, ports: { [String(port)]: published }, exec: null, holdMs };
      return await probe({ ...check, port }, target, signal);
    }
    return await probeInside(cloud, container, { ...check, port }, reach.ref, signal);
  } catch (error) {
    return messageOf(error);
  }
}

/** Whether one TCP port of a container takes connections; null when it does. Never throws. */
export async function probeTcp(
  cloud: DockerCloud,
  container: Inspected,
  port: number,
  reach: Reach,
  timeoutMs: number,
): Promise<string | null> {
  const published = reach.external?.ports[String(port)];
  if (reach.external && published !== undefined)
    return await probePort({ host: reach.external.host, holdMs }, published, timeoutMs);
  const check = { probe: { type: "tcp" as const }, port, timeoutMs, intervalMs: 0, failures: 1, graceMs: 0 };
  return await probeReplica(cloud, container, check, reach);
}

/** The component's first TCP port: the one that a check without a port of its own means. */
export function firstPort(plan: ContainerPlan): number | undefined {
  return plan.ports.find((entry) => entry.protocol === "tcp")?.port;
}

/** Failures of the way there, not of what should answer. */
const noWay = /EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|timed? ?out/i;

/** Asks the container at its address in the network: straight from here where the engine is on this host, else from inside. */
async function probeInside(
  cloud: DockerCloud,
  container: Inspected,
  check: HealthCheckSpec & { port: number },
  ref: ComponentRef,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const host = Object.values(container.NetworkSettings?.Networks ?? {}).find((one) =>
    isIP(one.IPAddress),
  )?.IPAddress;
  if (!host) return `${container.name} has no address in the environment's network`;
  if (isOnThisHost(cloud)) {
    const target = { host, ports: { [String(check.port)]: check.port }, exec: null };
    const problem = await probe(check, target, signal);
    if (problem === null || !noWay.test(problem)) return problem;
  }
  return await probeFromNetwork(cloud, ref, { host, check }, signal);
}

function isOnThisHost({ config }: DockerCloud): boolean {
  return config.host === undefined || /^(localhost|127\.|::1$)/.test(config.host);
}

/** The component's own health check of every replica, and of its address where a balancer stands before them. */
export async function probeComponent(
  cloud: DockerCloud,
  ref: ComponentRef,
  desired: DesiredComponent,
  signal?: AbortSignal,
): Promise<string | null> {
  const { health } = desired;
  if (!health) return null;
  const plan = requirePlan(desired);
  const own = await findOwn(cloud, ref, { signal });
  const replicas = [...replicasOf(own).values()];
  if (replicas.length === 0) return "no container";
  const balanced = needsBalancer(plan, desired.replicas);
  const address = { host: cloud.config.address, ports: portsHeld(own) };
  const reach: Reach = { ref, plan, external: balanced ? null : address };
  const problems = await Promise.all(
    replicas.map(async (one) => {
      const problem = await probeReplica(cloud, one, health, reach, signal);
      return problem === null || replicas.length === 1
        ? problem
        : `replica ${one.labels[labels.replica]}: ${problem}`;
    }),
  );
  const failing = problems.find((one) => one !== null);
  if (failing !== undefined) return failing;
  const balancer = own.containers.find((one) => one.name === balancerName(ref));
  const port = health.port ?? firstPort(plan);
  if (!balanced || !balancer || health.probe.type === "exec") return null;
  if (port === undefined || address.ports[String(port)] === undefined) return null;
  return await probeReplica(cloud, balancer, health, { ...reach, external: address }, signal);
}
