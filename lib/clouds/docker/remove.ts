import { messageOf } from "@/lib/kernel/errors";
import type { ChangeContext, ComponentRef } from "../contract";
import { removeContainer, stopContainer } from "./container";
import type { DockerCloud } from "./engine";
import { removeNetworkWhenEmpty } from "./infra";
import { labelFilter, labels } from "./names";
import { listContainers } from "./own";
import { removeVolumes } from "./volumes";

/** Removes a component with its data; the environment's network goes with the last of its components. */
export async function removeComponent(
  cloud: DockerCloud,
  ref: ComponentRef,
  ctx: ChangeContext,
): Promise<void> {
  const { signal } = ctx;
  const listed = await listContainers(cloud, labelFilter(ref.environmentId, ref.component), { signal });
  await Promise.all(
    listed.map(async (entry) => {
      await endContainer(cloud, entry.Id, ctx);
    }),
  );
  if (listed.length > 0) ctx.log(`Removed ${listed.length} containers of ${ref.component}`);
  await removeVolumes(cloud, ref, signal);
  await removeNetworkWhenEmpty(cloud, ref.environmentId, signal);
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
  const { signal, idempotencyKey } = ctx;
  const listed = await listContainers(cloud, labelFilter(ref.environmentId, ref.component), { signal });
  for (const entry of listed) {
    if (entry.Labels?.[labels.key] === idempotencyKey) continue;
    await endContainer(cloud, entry.Id, ctx);
  }
  await removeVolumes(cloud, ref, signal, (given) => given[labels.key] === idempotencyKey);
}

/** Removes whatever carries an environment's label: leftovers of components, and its network. */
export async function removeEnvironment(
  cloud: DockerCloud,
  environmentId: string,
  ctx: ChangeContext,
): Promise<void> {
  const { signal } = ctx;
  // Components are removed by their own steps. Without any left, only the network and helpers can remain.
  const listed = await listContainers(cloud, labelFilter(environmentId, undefined, "helper"), { signal });
  for (const entry of listed) await removeContainer(cloud, entry.Id, signal);
  await removeNetworkWhenEmpty(cloud, environmentId, signal);
}
