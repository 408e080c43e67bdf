import { statfs } from "node:fs/promises";
import type Dockerode from "dockerode";
import { formatBytes } from "@/lib/kernel/format";
import { type CloudHealth, type Discovered, refKey } from "../contract";
import { portRangeOf } from "./config";
import type { DockerCloud } from "./engine";
import { type Owner, ownerOf } from "./names";
import { listContainers } from "./own";
import { portsTaken } from "./ports";
import { listRecords } from "./record";

/** Networks that every engine has by itself. */
const builtIn = new Set(["bridge", "host", "none", "docker_gwbridge", "ingress", "podman"]);

/**
 * Every container, network and volume of the engine: the cloud's own with their ref, others with null. A component of its
 * own is one entry, its first container, or whatever else is left of it; an environment's network has "" as component.
 */
export async function* discoverAll(cloud: DockerCloud, signal: AbortSignal): AsyncGenerator<Discovered> {
  const components = new Set<string>();
  for await (const entry of listAll(cloud, signal)) {
    if (entry.ref?.component) {
      const key = refKey(entry.ref);
      if (components.has(key)) continue;
      components.add(key);
    }
    yield entry;
  }
}

/** Containers come before volumes, and a component's container before its balancer and helpers. */
async function* listAll(cloud: DockerCloud, signal: AbortSignal): AsyncGenerator<Discovered> {
  const { engine } = cloud;
  const { cloudId } = cloud.host;
  /** Volumes without our label that our containers mount: an image that declares one gets it from the engine. */
  const mounted = new Map<string, Owner>();
  const containers = (await listContainers(cloud, undefined, { signal })).map((container) => {
    const owner = ownerOf(cloudId, container.Labels);
    for (const mount of container.Mounts ?? [])
      if (mount.Name && isMarked(owner)) mounted.set(mount.Name, owner);
    const name = container.Names[0]?.replace(/^\//, "") ?? container.Id.slice(0, 12);
    const createdAt = new Date(container.Created * 1000);
    return { externalId: name, name, type: "container", ...owner, createdAt };
  });
  yield* containers.sort((left, right) => left.name.length - right.name.length);
  const networks = await engine.call(
    "listing networks",
    (abortSignal) => engine.docker.listNetworks({ abortSignal } as Dockerode.NetworkListOptions),
    { signal },
  );
  for (const network of networks) {
    if (builtIn.has(network.Name)) continue;
    yield {
      externalId: network.Id,
      name: network.Name,
      type: "network",
      ...ownerOf(cloudId, network.Labels),
      createdAt: dateOf(network.Created),
    };
  }
  const volumes = await engine.call(
    "listing volumes",
    (abortSignal) => engine.docker.listVolumes({ abortSignal } as Dockerode.VolumeListOptions),
    { signal },
  );
  for (const volume of volumes.Volumes ?? []) {
    const createdAt = dateOf((volume as { CreatedAt?: string }).CreatedAt);
    const labelled = ownerOf(cloudId, volume.Labels);
    const owner = isMarked(labelled) ? labelled : (mounted.get(volume.Name) ?? labelled);
    yield { externalId: volume.Name, name: volume.Name, type: "volume", ...owner, createdAt };
  }
}

function isMarked(owner: Owner): boolean {
  return owner.ref !== null || owner.otherCloudId !== undefined;
}

function dateOf(text: string | undefined): Date | null {
  const ms = Date.parse(text ?? "");
  return Number.isNaN(ms) ? null : new Date(ms);
}

/** Version, room and facts of the engine. Free room is what Rostrum's own limits leave; others' are unseen. */
export async function checkEngine(cloud: DockerCloud): Promise<CloudHealth> {
  const { engine } = cloud;
  const timeoutMs = 5_000;
  const [info, records, ports] = await Promise.all([
    engine.call(
      "reading engine information",
      (abortSignal) => engine.docker.info({ abortSignal } as never) as unknown as Promise<unknown>,
      {
        timeoutMs,
      },
    ),
    listRecords(cloud, { timeoutMs }),
    freePorts(cloud, timeoutMs),
  ]);
  const facts = info as Record<string, unknown>;
  const disk = await localDisk(cloud, facts.DockerRootDir);
  const total = {
    cpu: Number(facts.NCPU) || 0,
    memoryBytes: Number(facts.MemTotal) || 0,
    storageBytes: disk?.totalBytes ?? 0,
  };
  const used = { cpu: 0, memoryBytes: 0 };
  for (const record of records) {
    if (record.stopped) continue;
    used.cpu += record.cpu * record.replicas;
    used.memoryBytes += record.memoryBytes * record.replicas;
  }
  const free = {
    cpu: Math.max(0, total.cpu - used.cpu),
    memoryBytes: Math.max(0, total.memoryBytes - used.memoryBytes),
    storageBytes: disk?.freeBytes ?? 0,
  };
  return {
    ok: true,
    message: `Docker ${facts.ServerVersion} at ${engine.place}`,
    version: String(facts.ServerVersion ?? "unknown"),
    capacity: total.cpu > 0 ? { total, free } : null,
    ports,
    facts: {
      name: String(facts.Name ?? ""),
      system: String(facts.OperatingSystem ?? ""),
      architecture: String(facts.Architecture ?? ""),
      containers: String(facts.Containers ?? ""),
      running: String(facts.ContainersRunning ?? ""),
      images: String(facts.Images ?? ""),
      storageDriver: String(facts.Driver ?? ""),
      ...securityFacts(facts),
      disk: disk ? `${formatBytes(disk.freeBytes)} free` : "unknown",
    },
  };
}

/** Ports of the cloud's range that nothing on the engine has. */
async function freePorts(cloud: DockerCloud, timeoutMs: number): Promise<{ total: number; free: number }> {
  const { from, to } = portRangeOf(cloud.config);
  const taken = [...(await portsTaken(cloud, AbortSignal.timeout(timeoutMs)))];
  const total = to - from + 1;
  return { total, free: total - taken.filter((port) => port >= from && port <= to).length };
}

/** What the engine holds containers back with: its security profiles, and the limits that its host can set. */
function securityFacts(info: Record<string, unknown>): Record<string, string> {
  const options = Array.isArray(info.SecurityOptions) ? info.SecurityOptions.map(String) : [];
  const option = (name: string) => options.find((text) => text.split(",")[0] === `name=${name}`);
  const profile = /profile=([^,]+)/.exec(option("seccomp") ?? "")?.[1];
  const yes = (fact: boolean) => (fact ? "yes" : "no");
  return {
    seccomp: option("seccomp") ? (profile ?? "default") : "off",
    appArmor: option("apparmor") ? "on" : "off",
    userNamespaces: yes(Boolean(option("userns") ?? option("rootless"))),
    limitsMemory: yes(info.MemoryLimit === true),
    limitsSwap: yes(info.SwapLimit === true),
    limitsProcesses: yes(info.PidsLimit === true),
  };
}

/**
 * The disk that the engine writes to. Its API does not tell, so only an engine on this host can be asked: by looking.
 * Null for all others; the size then says 0, which means that no one knows.
 */
async function localDisk(
  cloud: DockerCloud,
  root: unknown,
): Promise<{ totalBytes: number; freeBytes: number } | null> {
  if (!cloud.engine.place.startsWith("/") || typeof root !== "string") return null;
  try {
    const disk = await statfs(root);
    return { totalBytes: disk.blocks * disk.bsize, freeBytes: disk.bavail * disk.bsize };
  } catch {
    // The engine's socket is shared with this container or user, its files are not.
    return null;
  }
}
