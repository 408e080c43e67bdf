import type Dockerode from "dockerode";
import { messageOf } from "@/lib/kernel/errors";
import { type ComponentRef, DriverError } from "../contract";
import { creation, type DockerCloud } from "./engine";
import { statusOf } from "./errors";
import { earlierVolumeName, labelFilter, labels, refLabels, volumeName } from "./names";
import type { Own } from "./own";
import type { Mount } from "./spec";

type VolumeInfo = Dockerode.VolumeInspectInfo & { CreatedAt?: string };

/** Name in the manifest → name on the engine, of the volumes that a component has. They are found by their labels. */
export async function componentVolumes(
  cloud: DockerCloud,
  ref: ComponentRef,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const found = await listVolumes(cloud, labelFilter(ref.environmentId, ref.component, "volume"), signal);
  const at = (volume: VolumeInfo) => `${volume.CreatedAt ?? ""} ${volume.Name}`;
  const names = new Map<string, string>();
  // Two workers of different versions may have made one each: the first has the data.
  for (const volume of found.sort((left, right) => at(left).localeCompare(at(right)))) {
    const name = volume.Labels?.[labels.volume];
    if (name !== undefined && !names.has(name)) names.set(name, volume.Name);
  }
  return names;
}

/**
 * Makes the component's missing volumes. What exists is kept with its data.
 * @returns name in the manifest → name on the engine
 * @throws DriverError permanent for a volume that another component or someone else owns
 */
export async function ensureVolumes(
  cloud: DockerCloud,
  ref: ComponentRef,
  mounts: readonly Mount[],
  own: Own,
  key: string,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const existing = await componentVolumes(cloud, ref, signal);
  const names: Record<string, string> = {};
  for (const volume of new Set(mounts.map((mount) => mount.volume))) {
    const known = existing.get(volume);
    if (known === undefined) requireNotShared(ref, volume, own);
    names[volume] = known ?? (await makeVolume(cloud, ref, volume, key, signal));
  }
  return names;
}

/** Earlier versions gave two components one volume when their names met. Its data is not left behind without a word. */
function requireNotShared(ref: ComponentRef, volume: string, own: Own): void {
  const name = earlierVolumeName(ref, volume);
  const mounted = own.containers.some((container) => container.Mounts.some((mount) => mount.Name === name));
  if (!mounted) return;
  throw new DriverError(
    "permanent",
    `The volume ${name} of ${ref.component} also belongs to another component because their names collide.`,
    {
      hint: `Copy what ${ref.component} needs into a new volume ${volumeName(ref, volume)} with the labels of the old one, and ${labels.component}=${ref.component}, ${labels.volume}=${volume}.`,
    },
  );
}

async function makeVolume(
  cloud: DockerCloud,
  ref: ComponentRef,
  volume: string,
  key: string,
  signal: AbortSignal,
): Promise<string> {
  const { engine } = cloud;
  const name = volumeName(ref, volume);
  const Labels: Record<string, string> = {
    ...refLabels(cloud.host.cloudId, ref, "volume"),
    [labels.key]: key,
    [labels.volume]: volume,
  };
  // The engine answers with the existing volume of that name, of any maker and with any content.
  const made = await engine.call(
    `creating the volume ${name}`,
    async (abortSignal) => {
      await engine.docker.createVolume(creation({}, { Name: name, Driver: "local", Labels }, abortSignal));
      return engine.docker.getVolume(name).inspect();
    },
    { signal, creates: true },
  );
  const same = [labels.environment, labels.component, labels.volume].every(
    (label) => made.Labels?.[label] === Labels[label],
  );
  if (same && made.Driver === "local" && Object.keys(made.Options ?? {}).length === 0) return name;
  throw new DriverError(
    "permanent",
    `The volume name ${name} is used by a volume that Rostrum doesn’t manage.`,
    {
      hint: `Check the volume on the engine's host. If it isn’t needed, remove it: docker volume rm ${name}`,
    },
  );
}

async function listVolumes(cloud: DockerCloud, filters: string, signal: AbortSignal): Promise<VolumeInfo[]> {
  const { engine } = cloud;
  const found = await engine.call(
    "listing volumes",
    (abortSignal) => engine.docker.listVolumes({ filters, abortSignal }),
    { signal },
  );
  return found.Volumes ?? [];
}

/**
 * Removes volumes with these labels: all, or those that `keep` does not hold.
 * @returns why volumes could not be removed: something outside Rostrum uses them
 */
export async function removeVolumes(
  cloud: DockerCloud,
  filters: string,
  signal: AbortSignal,
  keep: (labels: Record<string, string>) => boolean = () => false,
): Promise<string[]> {
  const { engine } = cloud;
  const refusals: string[] = [];
  for (const volume of await listVolumes(cloud, filters, signal)) {
    if (keep(volume.Labels ?? {})) continue;
    try {
      await engine.call(
        `removing the volume ${volume.Name}`,
        (abortSignal) => engine.docker.getVolume(volume.Name).remove({ abortSignal }),
        { signal },
      );
    } catch (error) {
      if (statusOf(error) === 404) continue;
      if (statusOf(error) !== 409) throw error;
      refusals.push(messageOf(error));
    }
  }
  return refusals;
}
