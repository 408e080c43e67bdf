import type Dockerode from "dockerode";
import type { OwnedObject } from "../contract";
import type { DockerCloud } from "./engine";
import { labelFilter, labels } from "./names";
import { listContainers } from "./own";

/** Everything on the engine that carries an environment's label. */
export async function listOwned(
  cloud: DockerCloud,
  environmentId: string,
  signal: AbortSignal,
): Promise<OwnedObject[]> {
  const { engine } = cloud;
  const filters = labelFilter(environmentId);
  const [containers, networks, volumes] = await Promise.all([
    listContainers(cloud, filters, { signal }),
    engine.call(
      "listing networks",
      (abortSignal) => engine.docker.listNetworks({ filters, abortSignal } as Dockerode.NetworkListOptions),
      { signal },
    ),
    engine.call("listing volumes", (abortSignal) => engine.docker.listVolumes({ filters, abortSignal }), {
      signal,
    }),
  ]);
  return [
    ...containers.map((one) =>
      owned("container", one.Names[0]?.replace(/^\//, "") ?? one.Id.slice(0, 12), one.Labels),
    ),
    ...networks.map((one) => owned("network", one.Name, one.Labels)),
    ...(volumes.Volumes ?? []).map((one) => owned("volume", one.Name, one.Labels)),
  ];
}

function owned(type: string, name: string, given: Record<string, string> | null | undefined): OwnedObject {
  return { type, name, component: given?.[labels.component] ?? "" };
}

/** The first of these objects in words: "container a, volume b and 3 more". */
export function saidOf(objects: readonly OwnedObject[]): string {
  const shown = objects.slice(0, 5).map((one) => `${one.type} ${one.name}`);
  const more = objects.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
