import type Dockerode from "dockerode";
import { type ComponentRef, DriverError } from "../contract";
import { creation, type DockerCloud } from "./engine";
import { ignoring, statusOf } from "./errors";
import { labelFilter, labels, networkName, refLabels, volumeName } from "./names";
import { listContainers } from "./own";
import type { Mount } from "./spec";

/** Networks being made in this process. Two components of an environment start side by side. */
const making = new Map<string, Promise<string>>();

/** The id of the environment's network, made when missing. */
export async function ensureNetwork(
  cloud: DockerCloud,
  ref: ComponentRef,
  signal: AbortSignal,
): Promise<string> {
  const turn = `${cloud.engine.place} ${ref.environmentId}`;
  const running = making.get(turn) ?? makeNetwork(cloud, ref, signal);
  making.set(turn, running);
  try {
    return await running;
  } finally {
    if (making.get(turn) === running) making.delete(turn);
  }
}

async function makeNetwork(cloud: DockerCloud, ref: ComponentRef, signal: AbortSignal): Promise<string> {
  const existing = await findNetworks(cloud, ref.environmentId, signal);
  if (existing[0]) return existing[0].Id;
  const name = networkName(ref.environmentId);
  const { engine } = cloud;
  const Labels = {
    [labels.cloud]: cloud.host.cloudId,
    [labels.environment]: ref.environmentId,
    [labels.environmentName]: ref.environmentName,
    [labels.role]: "network",
  };
  try {
    await engine.call(
      `creating the network ${name}`,
      (abortSignal) =>
        engine.docker.createNetwork(
          creation({}, { Name: name, Driver: "bridge", CheckDuplicate: true, Labels }, abortSignal),
        ),
      { signal },
    );
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
  }
  // Docker allows two networks of one name when two workers race; everybody then takes the same one.
  const [first] = await findNetworks(cloud, ref.environmentId, signal);
  if (first) return first.Id;
  throw new DriverError(
    "permanent",
    `The network name ${name} is taken by a network that is not Rostrum's.`,
    {
      hint: `Remove it on the engine's host: docker network rm ${name}`,
    },
  );
}

async function findNetworks(
  cloud: DockerCloud,
  environmentId: string,
  signal: AbortSignal,
): Promise<Dockerode.NetworkInspectInfo[]> {
  const { engine } = cloud;
  const found = await engine.call(
    "listing networks",
    (abortSignal) => engine.docker.listNetworks({ filters: labelFilter(environmentId), abortSignal }),
    { signal },
  );
  return found.sort((left, right) =>
    `${left.Created}${left.Id}`.localeCompare(`${right.Created}${right.Id}`),
  );
}

/** Makes the component's missing volumes. What exists is kept with its data. */
export async function ensureVolumes(
  cloud: DockerCloud,
  ref: ComponentRef,
  mounts: Mount[],
  key: string,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = cloud;
  for (const volume of new Set(mounts.map((mount) => mount.volume))) {
    const name = volumeName(ref, volume);
    const Labels = {
      ...refLabels(cloud.host.cloudId, ref, "volume"),
      [labels.key]: key,
      [labels.volume]: volume,
    };
    // The engine answers with the existing volume of that name, whoever made it and whatever is in it.
    const made = await engine.call(
      `creating the volume ${name}`,
      async (abortSignal) => {
        await engine.docker.createVolume(creation({}, { Name: name, Driver: "local", Labels }, abortSignal));
        return engine.docker.getVolume(name).inspect();
      },
      { signal },
    );
    if (made.Labels?.[labels.environment] !== ref.environmentId) {
      throw new DriverError(
        "permanent",
        `The volume name ${name} is taken by a volume that is not Rostrum's.`,
        {
          hint: `Look at it on the engine's host and remove it when nobody needs it: docker volume rm ${name}`,
        },
      );
    }
  }
}

/** Removes volumes of a component: all, or those that `keep` does not hold. */
export async function removeVolumes(
  cloud: DockerCloud,
  ref: ComponentRef,
  signal: AbortSignal,
  keep: (labels: Record<string, string>) => boolean = () => false,
): Promise<void> {
  const { engine } = cloud;
  const filters = labelFilter(ref.environmentId, ref.component);
  const found = await engine.call(
    "listing volumes",
    (abortSignal) => engine.docker.listVolumes({ filters, abortSignal }),
    { signal },
  );
  for (const volume of found.Volumes ?? []) {
    if (keep(volume.Labels ?? {})) continue;
    await ignoring([404], () =>
      engine.call(
        `removing the volume ${volume.Name}`,
        (abortSignal) => engine.docker.getVolume(volume.Name).remove({ abortSignal }),
        { signal },
      ),
    );
  }
}

/** Removes the environment's network when none of its containers are left; a network in use stays. */
export async function removeNetworkWhenEmpty(
  cloud: DockerCloud,
  environmentId: string,
  signal: AbortSignal,
): Promise<void> {
  const left = await listContainers(cloud, labelFilter(environmentId), { signal });
  if (left.length > 0) return;
  const { engine } = cloud;
  for (const network of await findNetworks(cloud, environmentId, signal)) {
    // 403: a neighbour's container joined it just now, so it is not empty after all.
    await ignoring([403, 404], () =>
      engine.call(
        `removing the network ${network.Name}`,
        (abortSignal) => engine.docker.getNetwork(network.Id).remove({ abortSignal }),
        { signal },
      ),
    );
  }
}
