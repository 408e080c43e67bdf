import { type ChangeContext, type ComponentRef, DriverError, type Observation } from "../contract";
import { removeContainer, renameContainer, startContainer, stopContainer } from "./container";
import type { DockerCloud } from "./engine";
import { labels } from "./names";
import { observeComponent, requireObserved } from "./observe";
import { findOwn, type Inspected, type Own, replicasOf } from "./own";
import { portsHeld } from "./ports";
import { waitReady, waitRunning } from "./ready";
import { type ComponentRecord, writeRecord } from "./record";
import { needsBalancer, requirePlan } from "./spec";

/** Stops every container of a component; its data, ports and network stay. */
export async function stopComponent(
  cloud: DockerCloud,
  ref: ComponentRef,
  ctx: ChangeContext,
): Promise<void> {
  const own = await findOwn(cloud, ref, ctx);
  if (own.containers.length === 0) throw absent(ref);
  // Said before it is done: a container that goes down now is not taken for a crash and healed.
  await keepRecord(cloud, ref, own, { key: ctx.idempotencyKey, stopped: true }, ctx);
  await Promise.all(own.containers.map((container) => stopContainer(cloud, container.name, ctx.signal)));
  ctx.log(`Stopped ${ref.component}`);
}

/** Starts what is not running, as it was, and waits until it is up. What runs is left alone. */
export async function startComponent(
  cloud: DockerCloud,
  ref: ComponentRef,
  ctx: ChangeContext,
): Promise<Observation> {
  const own = await standing(cloud, ref, ctx);
  for (const container of own.containers) {
    if (container.State.Running) continue;
    await startContainer(cloud, container.name, ctx);
    ctx.log(`Started the container ${container.name} again`);
  }
  for (const container of own.containers) await waitServing(cloud, ref, own, container, ctx);
  await keepRecord(cloud, ref, own, { key: ctx.idempotencyKey, stopped: false }, ctx);
  return requireObserved(cloud, ref, ctx.signal);
}

/**
 * Stops and starts one container after another, so that of several replicas one is away at a time; what is dead is
 * started too. A balancer lives through it. Waits until each is up.
 */
export async function restartComponent(
  cloud: DockerCloud,
  ref: ComponentRef,
  ctx: ChangeContext,
): Promise<Observation> {
  const own = await standing(cloud, ref, ctx);
  for (const container of own.containers) {
    const isBalancer = container.labels[labels.role] === "balancer";
    if (isBalancer && container.State.Running) continue;
    if (container.State.Running) await stopContainer(cloud, container.name, ctx.signal);
    await startContainer(cloud, container.name, ctx);
    await waitServing(cloud, ref, own, container, ctx);
    ctx.log(`Restarted the container ${container.name}`);
  }
  await keepRecord(cloud, ref, own, { key: own.record?.key ?? ctx.idempotencyKey, stopped: false }, ctx);
  return requireObserved(cloud, ref, ctx.signal);
}

/**
 * Starts what died again, not what was stopped. A component whose containers are gone stays absent: only a plan can make
 * it again.
 */
export async function recoverComponent(
  cloud: DockerCloud,
  ref: ComponentRef,
  ctx: ChangeContext,
): Promise<Observation> {
  const seen = await observeComponent(cloud, ref, ctx.signal);
  if (!seen.present) throw absent(ref);
  if (seen.status === "stopped" || (seen.status === "running" && !seen.message)) return seen;
  const own = await findOwn(cloud, ref, ctx);
  for (const container of own.containers) {
    // Alive but unhealthy: only a fresh process can help, and healing asked for it.
    if (container.State.Running && container.State.Health?.Status === "unhealthy") {
      await stopContainer(cloud, container.name, ctx.signal);
    }
  }
  return startComponent(cloud, ref, ctx);
}

/** Waits until a container that was started serves, by the component's own check where it is known. */
async function waitServing(
  cloud: DockerCloud,
  ref: ComponentRef,
  own: Own,
  { name, labels: given }: Inspected,
  { desired, log, signal }: ChangeContext,
): Promise<void> {
  if (!desired || given[labels.role] !== "component") return waitRunning(cloud, name, signal);
  const plan = requirePlan(desired);
  const address = { host: cloud.config.address, ports: portsHeld(own) };
  const external = needsBalancer(plan, desired.replicas) ? null : address;
  await waitReady(cloud, { name, ref, desired, plan, external }, log, signal);
}

/** The containers that shall stand, after putting back predecessors that a broken change left aside. */
async function standing(cloud: DockerCloud, ref: ComponentRef, ctx: ChangeContext): Promise<Own> {
  const own = await findOwn(cloud, ref, ctx);
  if (replicasOf(own).size === 0) throw absent(ref);
  const names = new Set(own.containers.map((container) => container.name));
  let moved = false;
  for (const container of own.containers) {
    if (!container.name.endsWith("-previous")) continue;
    const name = container.name.slice(0, -"-previous".length);
    if (names.has(name)) await removeContainer(cloud, container.name, ctx.signal);
    else await renameContainer(cloud, container.name, name, ctx.signal);
    moved = true;
  }
  const found = moved ? await findOwn(cloud, ref, ctx) : own;
  const order = (container: Inspected) => Number(container.labels[labels.role] === "balancer");
  const wanted = found.containers.filter((container) => container.labels[labels.role] !== "helper");
  return { ...found, containers: wanted.sort((left, right) => order(left) - order(right)) };
}

async function keepRecord(
  cloud: DockerCloud,
  ref: ComponentRef,
  own: Own,
  changed: Pick<ComponentRecord, "key" | "stopped">,
  ctx: ChangeContext,
): Promise<void> {
  const first = [...replicasOf(own).values()][0];
  const { at: _at, ...known } = own.record ?? {
    digest: first?.labels[labels.digest] ?? "",
    replicas: replicasOf(own).size,
    cpu: (first?.HostConfig.NanoCpus ?? 0) / 1e9,
    memoryBytes: first?.HostConfig.Memory ?? 0,
    ports: {},
    image: null,
    web: Number(first?.labels[labels.web]) || null,
    at: 0,
  };
  await writeRecord(cloud, ref, { ...known, ...changed }, ctx);
}

function absent(ref: ComponentRef): DriverError {
  return new DriverError("permanent", `${ref.component} has no container on this engine.`, {
    hint: "The container was removed outside Rostrum. Repair the environment to recreate it.",
  });
}
