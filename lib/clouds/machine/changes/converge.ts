import { join } from "node:path";
import { allSettled } from "@/lib/kernel/promises";
import type { ComponentHandle } from "../component";
import { finishExchanges } from "../data/exchange";
import { requireStorage } from "../data/storage-failure";
import { throwIfAborted } from "../errors";
import { listComponentDirectories } from "../layout";
import { groupName, type Machine } from "../machine";
import { findMembers } from "../processes/members";
import {
  adoptUnrecorded,
  balancerName,
  launchDigest,
  living,
  startProcess,
  stopProcess,
  writeRoutes,
} from "../processes/processes";
import { waitUntilListening, waitUntilReady } from "../processes/readiness";
import { findRecord } from "../record";

const drainMs = 300;
/** What the balancer gets beside the component's own limits. */
const balancerShare = { cpu: 0.25, memoryBytes: 96 * 2 ** 20 };

/** Sets the component's limits; they hold for all its replicas together. Live, nothing is restarted. */
export function setLimits({ machine, ref, record }: ComponentHandle): void {
  const { size, replicas } = record.desired;
  const extra = record.balanced ? balancerShare : { cpu: 0, memoryBytes: 0 };
  machine.groups?.setLimits(groupName(machine, ref), {
    cpu: size.cpu > 0 ? size.cpu * replicas + extra.cpu : 0,
    memoryBytes: size.memoryBytes > 0 ? size.memoryBytes * replicas + extra.memoryBytes : 0,
  });
}

/** Reserves the ports the component needs: lasting ones for people, and one per replica behind a balancer. */
export async function reservePorts(component: ComponentHandle): Promise<void> {
  const { machine, ref, record, spec } = component;
  // No one knows the address of what was never completed: a port that a stranger took meanwhile is not insisted on.
  if (record.applied === null && findMembers(machine, ref, record.owner).length === 0)
    await machine.ports.freeTaken(ref);
  const external: Record<string, number> = {};
  for (const port of spec.ports) external[port] = await machine.ports.reserve(ref, `ext:${port}`);
  record.ports = external;
  if (record.desired.replicas > 1 && spec.ports.length > 0) record.balanced = true;
  const inner: ComponentHandle["record"]["replicaPorts"] = {};
  for (const name of record.balanced ? component.replicaNames : []) {
    const ports: Record<string, number> = {};
    for (const port of spec.ports) ports[port] = await machine.ports.reserve(ref, `${name}:${port}`);
    inner[name] = ports;
  }
  record.replicaPorts = inner;
}

/** Leads the ports that the environment has reserved to its network, and no others; `lookUp` as in `Networks.lead`. */
export async function leadPorts(
  { networks, ports, root }: Machine,
  environmentId: string,
  lookUp = false,
): Promise<void> {
  if (!networks) return;
  const isOuter = (use: string) => use.startsWith("ext:");
  const reserved = () => {
    const own = ports.list().filter((entry) => entry.ref.startsWith(`${environmentId}/`));
    return {
      outer: own.filter((entry) => isOuter(entry.use)).map((entry) => entry.port),
      inner: own.filter((entry) => !isOuter(entry.use)).map((entry) => entry.port),
      links: linksOf(root, environmentId),
    };
  };
  await networks.lead(environmentId, reserved, lookUp);
}

/** Puts up again what keeps environments apart on the network, where someone flushed it, and all their ports. */
export async function repairNetworks(machine: Machine): Promise<void> {
  const { networks, host } = machine;
  if (!networks || !(await networks.repair())) return;
  host.log("warn", "Restored missing firewall rules of components");
  for (const environmentId of networks.list()) await leadPorts(machine, environmentId, true);
}

/** Ports of this host where the environment's components in other clouds answer, as far as those here need them. */
function linksOf(root: string, environmentId: string): number[] {
  const records = listComponentDirectories(root)
    .filter((one) => one.environmentId === environmentId)
    .map(({ component }) => findRecord(join(root, environmentId, component, "component.json")));
  return [...new Set(records.flatMap((record) => record?.links ?? []))];
}

/** Frees ports of replicas and logical ports that are no longer wanted; answers how many. */
function freeUnusedPorts({ machine, ref, record }: ComponentHandle): number {
  const used = new Set(Object.keys(record.ports).map((port) => `ext:${port}`));
  for (const [name, ports] of Object.entries(record.replicaPorts)) {
    for (const port of Object.keys(ports)) used.add(`${name}:${port}`);
  }
  return machine.ports.freeOf(ref, (use) => !used.has(use));
}

export interface ConvergeOptions {
  /** Which living replicas are restarted: those started differently than wanted now, all, or none. */
  restarts: "outdated" | "all" | "none";
  /** Whether its ports were led just now; otherwise it is looked up whether they still are. */
  isLed?: boolean;
}

/**
 * Brings the processes to what the record wants: adopts what runs unrecorded, starts what is missing, restarts replicas
 * one after another, ends what is too many. Every replica serves in the end; where only the dead are meant, those.
 * @throws DriverError when one does not
 */
export async function converge(
  component: ComponentHandle,
  { restarts, isLed = false }: ConvergeOptions,
): Promise<void> {
  const { machine, ref } = component;
  finishExchanges(component.paths.volumes);
  setLimits(component);
  await component.joinNetwork();
  const started = await startMissing(component);
  // While the program comes up.
  if (!isLed) await leadPorts(machine, ref.environmentId, true);
  const isOutdated = (name: string) => {
    const entry = living(component, name);
    return entry !== null && entry.launch !== launchDigest(component, name);
  };
  const others = component.replicaNames.filter((name) => !started.includes(name));
  const restarted = restarts === "none" ? [] : restarts === "all" ? others : others.filter(isOutdated);
  const kept = restarts === "none" ? [] : others.filter((name) => !restarted.includes(name));
  // What ran before has to serve as well: an attempt that starts nothing proves nothing.
  await allSettled([...started, ...kept].map((name) => becomeReady(component, name)));
  if (component.record.balanced) await ensureBalancer(component);
  for (const name of restarted) await restartReplica(component, name);
  if (component.record.balanced) writeRoutes(component, component.replicaNames);
  await stopSurplus(component, component.replicaNames);
  if (freeUnusedPorts(component) > 0) await leadPorts(machine, ref.environmentId);
}

/** Adopts what runs unrecorded and starts the replicas that are missing; answers which. */
async function startMissing(component: ComponentHandle): Promise<string[]> {
  await requireStorage(component);
  await adoptUnrecorded(component);
  const names = component.replicaNames.filter((name) => !living(component, name));
  for (const name of names) {
    throwIfAborted(component.signal);
    component.log(`Starting ${component.spoken(name)}`);
    await startProcess(component, name);
  }
  return names;
}

async function becomeReady(component: ComponentHandle, name: string): Promise<void> {
  await waitUntilReady(component, name);
  await component.runtime.afterReady?.(component.launchInput(name));
}

async function restartReplica(component: ComponentHandle, name: string): Promise<void> {
  throwIfAborted(component.signal);
  component.log(`Restarting ${component.spoken(name)}`);
  if (component.record.balanced) {
    const others = component.replicaNames.filter((other) => other !== name);
    if (others.length > 0) writeRoutes(component, others);
    await new Promise((resolve) => setTimeout(resolve, drainMs));
  }
  await stopProcess(component, name);
  await startProcess(component, name);
  await becomeReady(component, name);
  if (component.record.balanced) writeRoutes(component, component.replicaNames);
}

/** The balancer takes the ports people use; a process started before there was one lets go of them first. */
async function ensureBalancer(component: ComponentHandle): Promise<void> {
  const { record } = component;
  if (living(component, balancerName)?.launch === launchDigest(component, balancerName)) return;
  writeRoutes(component, component.replicaNames);
  await stopProcess(component, balancerName);
  const taken = new Set(Object.values(record.ports));
  for (const { name, ports } of [...record.processes]) {
    if (name !== balancerName && ports.some((port) => taken.has(port))) await stopProcess(component, name);
  }
  component.log("Starting the balancer");
  await startProcess(component, balancerName);
  await waitUntilListening(component, balancerName);
}

async function stopSurplus(component: ComponentHandle, names: string[]): Promise<void> {
  const wanted = new Set([...names, ...(component.record.balanced ? [balancerName] : [])]);
  for (const { name } of [...component.record.processes]) {
    if (wanted.has(name)) continue;
    component.log(`Stopping ${component.spoken(name)}`);
    await stopProcess(component, name);
  }
}
