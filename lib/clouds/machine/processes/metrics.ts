import { proportionalBytes } from "@/lib/platform/exec/process-table";
import { type ComponentRef, type MetricSample, refKey } from "../../contract";
import { ComponentHandle } from "../component";
import { measureStored } from "../data/measure";
import { groupName, type Machine, pathsIn } from "../machine";
import { findRecord } from "../record";
import { boundLog } from "./log-file";
import { findMembers } from "./members";

const storageMs = 60_000;
const longestGapMs = 10 * 60_000;

/** Counters of the last sample; a restart of Rostrum forgets them and the next sample says null. */
const lastCpu = new Map<string, { seconds: number; atMs: number }>();
const lastStorage = new Map<string, { bytes: number | null; atMs: number }>();

/** One sample per component that exists. Network traffic of a process cannot be told cheaply: it is null. */
export async function sampleMetrics(
  machine: Machine,
  refs: ComponentRef[],
): Promise<Map<string, MetricSample>> {
  const samples = new Map<string, MetricSample>();
  for (const ref of refs) {
    const paths = pathsIn(machine, ref);
    const record = findRecord(paths.record);
    if (!record) continue;
    boundLog(paths.log);
    const usage =
      machine.groups?.usage(groupName(machine, ref)) ?? sumOfProcesses(machine, ref, record.owner);
    samples.set(refKey(ref), {
      at: new Date(),
      cpuCores: coresSince(`${machine.cloudMark}/${refKey(ref)}`, usage.cpuSeconds),
      memoryBytes: usage.memoryBytes,
      storageBytes: await storageOf(new ComponentHandle(machine, ref, record)),
      networkReceivedBytes: null,
      networkSentBytes: null,
    });
  }
  return samples;
}

function sumOfProcesses(machine: Machine, ref: ComponentRef, owner: { uid: number; gid: number } | null) {
  let cpuSeconds = 0;
  let memoryBytes = 0;
  for (const member of findMembers(machine, ref, owner)) {
    cpuSeconds += member.cpuSeconds;
    memoryBytes += proportionalBytes(member);
  }
  return { cpuSeconds, memoryBytes };
}

/** Cores since the last sample; null for the first, after a long gap, and when a process ended in between. */
function coresSince(key: string, seconds: number): number | null {
  const atMs = performance.now();
  const last = lastCpu.get(key);
  lastCpu.set(key, { seconds, atMs });
  if (!last || atMs - last.atMs > longestGapMs || atMs <= last.atMs || seconds < last.seconds) return null;
  return (seconds - last.seconds) / ((atMs - last.atMs) / 1_000);
}

/** Space a component takes on disk in bytes, counted at most once a minute; null when it cannot be counted. */
async function storageOf(component: ComponentHandle): Promise<number | null> {
  const { paths } = component;
  const last = lastStorage.get(paths.root);
  if (last && Date.now() - last.atMs < storageMs) return last.bytes;
  const bytes = (await measureStored(component))?.total ?? null;
  lastStorage.set(paths.root, { bytes, atMs: Date.now() });
  return bytes;
}

/** Forgets the counters of a component that is gone. */
export function forgetMetrics(machine: Machine, ref: ComponentRef): void {
  lastCpu.delete(`${machine.cloudMark}/${refKey(ref)}`);
  lastStorage.delete(pathsIn(machine, ref).root);
}
