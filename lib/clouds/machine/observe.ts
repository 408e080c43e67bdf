import { isRunning, readProcess } from "@/lib/platform/exec/process-table";
import { type ComponentRef, type Observation, refKey } from "../contract";
import { ComponentHandle } from "./component";
import { storageFailure } from "./data/storage-failure";
import { isConfined } from "./isolation/unconfined";
import { isLocked } from "./lock";
import { groupName, type Machine, pathsIn } from "./machine";
import { balancerName, living } from "./processes/processes";
import { findRecord } from "./record";

type Present = Extract<Observation, { present: true }>;

/** What is on disk and which of its processes live. Looks only; takes no lock. A damaged record counts as none. */
export function observeComponent(machine: Machine, ref: ComponentRef): Observation {
  const record = findRecord(pathsIn(machine, ref).record);
  if (!record) return { present: false };
  return describeComponent(new ComponentHandle(machine, ref, record));
}

/** The observation of a component whose record is at hand. */
export function describeComponent(component: ComponentHandle): Present {
  const { machine, ref, record, runtime, spec } = component;
  const running = component.replicaNames.filter((name) => living(component, name)).length;
  const desired = component.replicaNames.length;
  const status = decideStatus(component, running);
  const firstPort = record.ports[String(spec.ports[0])];
  const { linkHost } = machine;
  const message = explain(component, status, running, desired);
  return {
    present: true,
    externalId: refKey(ref),
    status,
    appliedKey: record.applied?.key ?? null,
    appliedDigest: record.applied?.digest ?? null,
    attributes: attributesOf(component),
    internal: { host: machine.neighborHost, ports: record.ports },
    external: { host: linkHost, ports: record.ports },
    url: runtime.web && firstPort ? `http://${urlHost(linkHost)}:${firstPort}` : null,
    outputs: {},
    replicas: { desired, running },
    ...(message === null ? {} : { message }),
  };
}

function urlHost(address: string): string {
  return address.includes(":") && !address.startsWith("[") ? `[${address}]` : address;
}

function decideStatus(component: ComponentHandle, running: number): Present["status"] {
  const { machine, ref, record } = component;
  const busy = record.intent !== null && isLocked(machine.locks, ref);
  if (busy && record.applied === null) return "creating";
  if (record.wanted === "stopped") return "stopped";
  if (running === 0 || isBalancerMissing(component) || isPaused(component)) return "failed";
  return "running";
}

function isBalancerMissing(component: ComponentHandle): boolean {
  return component.record.balanced && living(component, balancerName) === null;
}

/** A backup pauses a component for a moment and holds its lock; paused without one, its backup has died. */
function isPaused({ machine, ref, record }: ComponentHandle): boolean {
  const paused = record.processes.some((entry) => isRunning(entry) && readProcess(entry.pid)?.paused);
  return paused && !isLocked(machine.locks, ref);
}

function explain(
  component: ComponentHandle,
  status: Present["status"],
  running: number,
  desired: number,
): string | null {
  const { machine, ref, record } = component;
  if (status === "stopped" || status === "creating") return null;
  const stored = running < desired ? storageFailure(component) : null;
  if (stored) return stored;
  if (record.failure) return record.failure;
  if (record.applied === null) return "Creation didn’t finish.";
  if (isPaused(component)) return "Paused: a backup was interrupted.";
  if (record.processes.some((entry) => isRunning(entry) && !isConfined(machine, entry))) {
    return "Started without isolation. Restart the component to isolate it.";
  }
  if (running === desired) return isBalancerMissing(component) ? "The balancer exited." : null;
  const kills = machine.groups?.usage(groupName(machine, ref))?.outOfMemoryKills ?? 0;
  const cause =
    kills > 0 ? ` The kernel killed processes ${kills} times for exceeding the memory limit.` : "";
  const what = desired === 1 ? "The process exited." : `${desired - running} of ${desired} replicas exited.`;
  return `${what}${cause}`;
}

function attributesOf(component: ComponentHandle): Present["attributes"] {
  const { machine, record, spec, paths } = component;
  const alive = record.processes.filter(isRunning);
  const limited = record.desired.size.cpu > 0 || record.desired.size.memoryBytes > 0;
  return {
    program: spec.program,
    pid: alive.find((entry) => entry.name === "r0")?.pid ?? null,
    pids: alive.map((entry) => entry.pid).join(" "),
    startedAt:
      component.replicaNames.flatMap((name) => living(component, name)?.startedAt ?? []).sort()[0] ?? null,
    uid: record.owner?.uid ?? null,
    directory: paths.root,
    isolation: (alive.find((entry) => entry.name === "r0") ?? alive[0])?.isolation ?? null,
    limits: limited ? describeLimits(machine) : "none",
    storageLimit:
      record.desired.size.storageBytes > 0
        ? "watched: single files by the kernel, their sum every few seconds"
        : "none",
  };
}

/** How limits of CPU and memory are held on this machine, in words for people. */
export function describeLimits({ groups }: Machine): string {
  return groups ? `enforced (cgroup ${groups.version})` : "not enforced";
}
