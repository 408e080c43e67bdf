import { rmSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import { digestOf } from "@/lib/kernel/canonical";
import { messageOf } from "@/lib/kernel/errors";
import { allSettled } from "@/lib/kernel/promises";
import { signalProcess } from "@/lib/platform/exec/process-table";
import {
  type Address,
  type ApplyResult,
  type ChangeAction,
  type ChangeContext,
  type ComponentRef,
  type DesiredComponent,
  DriverError,
} from "../../contract";
import { ComponentHandle, makeComponentDirectories } from "../component";
import { removeDirectory } from "../data/component-tree";
import { lostVolumes } from "../data/lost-volumes";
import { refuseUnconfined } from "../isolation/unconfined";
import { ownDirectories } from "../layout";
import { withLock } from "../lock";
import { type Machine, pathsIn } from "../machine";
import { describeComponent } from "../observe";
import { findMembers, isFileWork, killMembers } from "../processes/members";
import { adoptUnrecorded, stopProcess } from "../processes/processes";
import { type ComponentRecord, findRecord, readRecord, writeRecord } from "../record";
import { dropOldReleases, dropOldVolumes, makeRelease } from "../sources/release";
import { parseSpec } from "../spec";
import { validateDesired } from "../validate";
import { converge, leadPorts, reservePorts, setLimits } from "./converge";

/** Creates, updates or replaces a component and waits until it serves. Safe to repeat with the same key. */
export async function applyChange(
  machine: Machine,
  ref: ComponentRef,
  action: ChangeAction,
  desired: DesiredComponent,
  ctx: ChangeContext,
): Promise<ApplyResult> {
  await refuseUnconfined(machine);
  const spec = parseSpec(desired);
  const problems = validateDesired(machine, desired);
  if (problems.length > 0) {
    const said = problems.map((problem) => problem.message).join("; ");
    throw new DriverError("permanent", `This machine can’t run ${ref.component}: ${said}`);
  }
  if (desired.replicas > 1 && spec.volumes.length > 0 && spec.ports.length === 0) {
    ctx.log("All replicas of this component share the same volumes");
  }
  return await withLock(machine.locks, ref, ctx.signal, async () => {
    const component = begin(machine, ref, desired, ctx, action === "recreate");
    try {
      if (action === "replace") await clear(component, ctx.idempotencyKey);
      if (action === "recreate") await clearInstances(component, desired);
      await bringTo(component, desired, ctx);
    } catch (error) {
      noteFailure(machine, ref, error, component);
      throw error;
    }
    return { state: "done", observation: describeComponent(component) };
  });
}

/** Writes down what shall happen before anything does. */
function begin(
  machine: Machine,
  ref: ComponentRef,
  desired: DesiredComponent,
  ctx: ChangeContext,
  anew: boolean,
): ComponentHandle {
  const paths = pathsIn(machine, ref);
  const key = ctx.idempotencyKey;
  // What is made again needs no record: its user and ports are reserved elsewhere.
  let record = anew ? findRecord(paths.record) : readRecord(paths.record);
  // Those of an earlier version are completed.
  makeComponentDirectories(paths);
  if (!record) {
    record = newRecord(ref, desired, machine.uids?.reserve(ref) ?? null);
  }
  const repeated = record.intent?.key === key || record.applied?.key === key;
  const cleared = repeated && (record.intent?.cleared ?? record.applied?.key === key);
  record.intent = { key, digest: digestOf(desired), at: new Date().toISOString(), cleared };
  record.links = localPorts(ctx.neighbors ?? []);
  // A component that was never completed has nothing to stay with.
  if (record.applied === null) record.desired = desired;
  writeRecord(paths.record, record);
  return new ComponentHandle(machine, ref, record, ctx.log, ctx.signal);
}

/** Ports of addresses that are this very host's. */
function localPorts(addresses: readonly Address[]): number[] {
  const own = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map((one) => one.address));
  const isLocal = (host: string) => host === "localhost" || host.startsWith("127.") || own.includes(host);
  return addresses.filter(({ host }) => isLocal(host)).flatMap(({ ports }) => Object.values(ports));
}

export function newRecord(
  ref: ComponentRef,
  desired: DesiredComponent,
  owner: ComponentRecord["owner"],
): ComponentRecord {
  return {
    format: 1,
    ref,
    desired,
    applied: null,
    intent: null,
    wanted: "running",
    owner,
    ports: {},
    balanced: false,
    replicaPorts: {},
    release: null,
    prepared: null,
    processes: [],
    links: [],
    secrets: {},
    createdAt: new Date().toISOString(),
    failure: null,
  };
}

/** For a replacement: ends the processes and deletes files and data, once per change. Ports stay. */
async function clear(component: ComponentHandle, key: string): Promise<void> {
  const { record, machine, ref, paths } = component;
  if (record.intent?.cleared) return;
  component.log("Removing replaced resources");
  await endAll(component);
  await killMembers(machine, ref, record.owner);
  for (const directory of ownDirectories(paths)) await removeDirectory(component, directory);
  makeComponentDirectories(paths);
  rmSync(paths.balancer, { force: true });
  Object.assign(record, {
    release: null,
    prepared: null,
    balanced: false,
    replicaPorts: {},
    processes: [],
    secrets: {},
    applied: null,
  });
  if (record.intent?.key === key) record.intent.cleared = true;
  component.save();
}

/** For a recreation: ends the processes and deletes all but the volumes that are whole, once per change. */
async function clearInstances(component: ComponentHandle, desired: DesiredComponent): Promise<void> {
  const { record, machine, ref, paths } = component;
  if (record.intent?.cleared) return;
  component.log("Recreating the component; intact data is kept");
  await endAll(component);
  await killMembers(machine, ref, record.owner);
  component.want(desired);
  const lost = lostVolumes(component).map(({ name }) => join(paths.volumes, name));
  const isVolume = (directory: string) => dirname(directory) === paths.volumes && !lost.includes(directory);
  for (const directory of ownDirectories(paths)) {
    if (!isVolume(directory)) await removeDirectory(component, directory);
  }
  makeComponentDirectories(paths);
  rmSync(paths.balancer, { force: true });
  Object.assign(record, { release: null, prepared: null, balanced: false, replicaPorts: {}, processes: [] });
  // What was known of data that is gone is of no use to what takes its place.
  if (lost.length > 0) record.secrets = {};
  if (record.intent) record.intent.cleared = true;
  component.save();
}

async function bringTo(component: ComponentHandle, desired: DesiredComponent, ctx: ChangeContext) {
  const { record } = component;
  component.want(desired);
  // Found before anything new is started, with the record as it was left.
  await reservePorts(component);
  // Prepare commands run under the component's limits, so its group has to be there before the first of them.
  setLimits(component);
  await allSettled([makeRelease(component, ctx.files), openNetwork(component)]);
  record.wanted = "running";
  component.save();
  await converge(component, { restarts: "outdated", isLed: true });
  await dropOldReleases(component);
  await dropOldVolumes(component);
  record.applied = { key: ctx.idempotencyKey, digest: digestOf(desired) };
  record.intent = null;
  record.failure = null;
  component.save();
}

async function openNetwork(component: ComponentHandle): Promise<void> {
  await component.joinNetwork();
  await leadPorts(component.machine, component.ref.environmentId, component.record.applied !== null);
}

/** Leaves the reason where `observe` finds it. The record on disk counts: what memory holds may not have happened. */
function noteFailure(machine: Machine, ref: ComponentRef, error: unknown, component: ComponentHandle): void {
  const path = pathsIn(machine, ref).record;
  try {
    const record = readRecord(path);
    if (record) writeRecord(path, { ...record, failure: component.redact(messageOf(error)) });
  } catch (cause) {
    // A full disk: the first error is the one to tell.
    machine.host.log("warn", `Couldn’t record the failure of ${ref.component}: ${messageOf(cause)}`);
  }
}

/** Ends every process of a component: asked first, then killed. */
export async function endAll(component: ComponentHandle, graceMs?: number): Promise<void> {
  const names = component.record.processes.map((entry) => entry.name);
  await Promise.all(names.map((name) => stopProcess(component, name, graceMs)));
}

/** Stops a component and keeps its files, data and ports. */
export async function stopComponent(machine: Machine, ref: ComponentRef, ctx: ChangeContext): Promise<void> {
  await withLock(machine.locks, ref, ctx.signal, async () => {
    const component = load(machine, ref, ctx);
    component.record.wanted = "stopped";
    component.save();
    await adoptUnrecorded(component);
    await endAll(component);
    await killMembers(machine, ref, component.record.owner, (member) => isFileWork(machine, member));
  });
}

/** Starts what is dead; `start` also undoes a stop, `restart` also replaces what lives. */
export async function startAgain(
  machine: Machine,
  ref: ComponentRef,
  ctx: ChangeContext,
  how: "recover" | "start" | "restart",
) {
  await refuseUnconfined(machine);
  return await withLock(machine.locks, ref, ctx.signal, async () => {
    const component = load(machine, ref, ctx);
    const { record } = component;
    if (record.release === null) {
      throw new DriverError("permanent", `${ref.component} was never completed. Resume its creation`);
    }
    if (how !== "recover") record.wanted = "running";
    if (record.wanted === "running") {
      for (const member of findMembers(machine, ref, record.owner)) {
        if (member.paused) signalProcess(member, "SIGCONT");
      }
      component.save();
      await converge(component, { restarts: how === "restart" ? "all" : "none" });
    }
    return describeComponent(component);
  });
}

/** The handle of a component that must be there. @throws DriverError (permanent) when it is not. */
export function load(machine: Machine, ref: ComponentRef, ctx?: ChangeContext): ComponentHandle {
  const record = readRecord(pathsIn(machine, ref).record);
  if (!record) throw new DriverError("permanent", `${ref.component} does not exist on this machine`);
  makeComponentDirectories(pathsIn(machine, ref));
  return new ComponentHandle(machine, ref, record, ctx?.log, ctx?.signal);
}
