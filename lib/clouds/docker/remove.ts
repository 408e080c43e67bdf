import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@/lib/kernel/errors";
import { type ChangeContext, type ComponentRef, DriverError, type OwnedObject } from "../contract";
import { removeContainer, stopContainer } from "./container";
import type { DockerCloud } from "./engine";
import { removeNetworks, removeNetworkWhenEmpty } from "./infra";
import { labelFilter, labels } from "./names";
import { listContainers } from "./own";
import { listOwned, saidOf } from "./owned";
import { removeVolumes } from "./volumes";

/** The engine finishes what was asked of it before: a container being made or removed may show up a moment later. */
const goneWithinMs = 20_000;
const lookEveryMs = 250;

/**
 * Removes a component with its data, found by its labels alone; the environment's network goes with the last of its
 * components. @throws DriverError (retryable) when something of it is still there after that
 */
export async function removeComponent(
  cloud: DockerCloud,
  ref: ComponentRef,
  ctx: ChangeContext,
): Promise<void> {
  await removeLabelled(cloud, ref.environmentId, ref.component, ctx);
  await removeNetworkWhenEmpty(cloud, ref.environmentId, ctx.signal);
}

/** Removes whatever carries an environment's label: all of its components, its helpers and its network. */
export async function removeEnvironment(
  cloud: DockerCloud,
  environmentId: string,
  ctx: ChangeContext,
): Promise<void> {
  const until = Date.now() + goneWithinMs;
  for (;;) {
    await removeLabelled(cloud, environmentId, undefined, ctx);
    await removeNetworks(cloud, environmentId, ctx);
    const left = await listOwned(cloud, environmentId, ctx.signal);
    if (left.length === 0) return;
    if (Date.now() > until) throw stillThere(left, "");
    await pause(ctx.signal);
  }
}

/** Removes containers and volumes with these labels until none is seen any more. */
async function removeLabelled(
  cloud: DockerCloud,
  environmentId: string,
  component: string | undefined,
  ctx: ChangeContext,
): Promise<void> {
  const filters = labelFilter(environmentId, component);
  const isMeant = (one: OwnedObject) =>
    one.type !== "network" && (component === undefined || one.component === component);
  const until = Date.now() + goneWithinMs;
  for (;;) {
    const listed = await listContainers(cloud, filters, { signal: ctx.signal });
    await Promise.all(listed.map((entry) => endContainer(cloud, entry.Id, ctx)));
    if (listed.length > 0)
      ctx.log(`Removed ${listed.length} containers of ${component ?? "the environment"}`);
    const refusals = await removeVolumes(cloud, filters, ctx.signal);
    const left = (await listOwned(cloud, environmentId, ctx.signal)).filter(isMeant);
    if (left.length === 0) return;
    if (Date.now() > until) throw stillThere(left, refusals.join(" "));
    await pause(ctx.signal);
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) throw new DriverError("retryable", "Interrupted while removing.");
}

function stillThere(left: readonly OwnedObject[], why: string): DriverError {
  return new DriverError("retryable", `Not deleted yet: ${saidOf(left)}.${why === "" ? "" : ` ${why}`}`, {
    hint: "Check what uses it on the engine’s host, then resume.",
  });
}

/** Stops and removes a container. One that does not end in its grace time, or that the engine can't stop, is removed by force. */
async function endContainer(cloud: DockerCloud, id: string, ctx: ChangeContext): Promise<void> {
  try {
    await stopContainer(cloud, id, ctx.signal);
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    ctx.log(`Removing a container by force: ${messageOf(error)}`);
  }
  await removeContainer(cloud, id, ctx.signal);
}

/** First half of a replacement: what the change with this key did not make goes away, data included. */
export async function removeOlder(cloud: DockerCloud, ref: ComponentRef, ctx: ChangeContext): Promise<void> {
  const isOwn = (given: Record<string, string>) => given[labels.key] === ctx.idempotencyKey;
  await removeOlderContainers(cloud, ref, ctx);
  const filters = labelFilter(ref.environmentId, ref.component);
  const refusals = await removeVolumes(cloud, filters, ctx.signal, isOwn);
  if (refusals.length > 0) throw new DriverError("retryable", refusals.join(" "));
}

/** Removes the containers that the change with this key did not make; data, addresses and the record stay. */
export async function removeOlderContainers(
  cloud: DockerCloud,
  ref: ComponentRef,
  ctx: ChangeContext,
): Promise<void> {
  const filters = labelFilter(ref.environmentId, ref.component);
  for (const entry of await listContainers(cloud, filters, { signal: ctx.signal })) {
    if (entry.Labels?.[labels.key] === ctx.idempotencyKey) continue;
    await endContainer(cloud, entry.Id, ctx);
  }
}
