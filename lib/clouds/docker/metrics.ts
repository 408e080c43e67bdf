import type Dockerode from "dockerode";
import { type ComponentRef, type MetricSample, refKey } from "../contract";
import type { DockerCloud } from "./engine";
import { statusOf } from "./errors";
import { findOwn, replicasOf } from "./own";

/** CPU time seen last per container id, so that the next sample is a rate over the time between. */
export type CpuMemory = Map<string, { totalNs: number; atMs: number }>;

/** One sample per component, summed over its replicas. A component without a running container has none. */
export async function sampleMetrics(
  cloud: DockerCloud,
  refs: ComponentRef[],
  seen: CpuMemory,
): Promise<Map<string, MetricSample>> {
  const samples = await Promise.all(refs.map((ref) => sampleComponent(cloud, ref, seen)));
  const found = new Map<string, MetricSample>();
  for (const [index, ref] of refs.entries()) {
    const sample = samples[index];
    if (sample) found.set(refKey(ref), sample);
  }
  return found;
}

async function sampleComponent(
  cloud: DockerCloud,
  ref: ComponentRef,
  seen: CpuMemory,
): Promise<MetricSample | null> {
  const own = await findOwn(cloud, ref);
  const running = [...replicasOf(own).values()].filter((container) => container.State.Running);
  if (running.length === 0) return null;
  const parts = await Promise.all(running.map((container) => sampleContainer(cloud, container.Id, seen)));
  const alive = parts.filter((part) => part !== null);
  return alive.length === 0 ? null : alive.reduce(addSamples);
}

async function sampleContainer(
  cloud: DockerCloud,
  id: string,
  seen: CpuMemory,
): Promise<MetricSample | null> {
  const { engine } = cloud;
  // The first time the engine itself samples twice, a second apart; later the last sample is remembered.
  const once = seen.has(id) ? { "one-shot": true } : {};
  try {
    const stats = await engine.call(`reading the statistics of ${id.slice(0, 12)}`, (abortSignal) =>
      engine.docker
        .getContainer(id)
        .stats({ stream: false, ...once, abortSignal } as unknown as { stream: false }),
    );
    return toSample(id, stats, seen);
  } catch (error) {
    // It ended between the listing and now.
    if (statusOf(error) === 404 || statusOf(error) === 409) return null;
    throw error;
  }
}

function toSample(id: string, stats: Dockerode.ContainerStats, seen: CpuMemory): MetricSample | null {
  const atMs = Date.parse(stats.read);
  // A container that stopped meanwhile is answered with the year 1.
  if (!(atMs > 0) || stats.cpu_stats?.cpu_usage?.total_usage === undefined) return null;
  const totalNs = stats.cpu_stats.cpu_usage.total_usage;
  const before = seen.get(id) ?? {
    totalNs: stats.precpu_stats?.cpu_usage?.total_usage ?? 0,
    atMs: Date.parse(stats.preread),
  };
  seen.set(id, { totalNs, atMs });
  const wallNs = (atMs - before.atMs) * 1e6;
  const known = before.atMs > 0 && wallNs > 0 && totalNs >= before.totalNs;
  const networks = stats.networks ? Object.values(stats.networks) : null;
  const sum = (pick: (network: Dockerode.NetworkStats[string]) => number) =>
    networks ? networks.reduce((total, network) => total + pick(network), 0) : null;
  return {
    at: new Date(atMs),
    cpuCores: known ? (totalNs - before.totalNs) / wallNs : null,
    memoryBytes: memoryOf(stats.memory_stats),
    // Counting what lies in a volume means walking all of it on the engine's host.
    storageBytes: null,
    networkReceivedBytes: sum((network) => network.rx_bytes),
    networkSentBytes: sum((network) => network.tx_bytes),
  };
}

/** Memory without the page cache that the kernel would give back, as the docker command shows it. */
function memoryOf(memory: Dockerode.MemoryStats | undefined): number | null {
  if (memory?.usage === undefined) return null;
  const detail = memory.stats as unknown as Record<string, number> | undefined;
  // cgroup v1 says total_inactive_file, v2 inactive_file.
  const cache = detail?.total_inactive_file ?? detail?.inactive_file ?? 0;
  return cache < memory.usage ? memory.usage - cache : memory.usage;
}

function addSamples(left: MetricSample, right: MetricSample): MetricSample {
  const add = (one: number | null, other: number | null) =>
    one === null || other === null ? null : one + other;
  return {
    at: new Date(Math.max(left.at.getTime(), right.at.getTime())),
    cpuCores: add(left.cpuCores, right.cpuCores),
    memoryBytes: add(left.memoryBytes, right.memoryBytes),
    storageBytes: null,
    networkReceivedBytes: add(left.networkReceivedBytes, right.networkReceivedBytes),
    networkSentBytes: add(left.networkSentBytes, right.networkSentBytes),
  };
}
