import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { digestOf } from "@/lib/kernel/canonical";
import {
  childrenOf,
  identityOf,
  isRunning,
  type ProcessIdentity,
  processNamespaceOf,
  signalProcess,
} from "@/lib/platform/exec/process-table";
import { findMain, programMounts, type SandboxSpec, startConfined } from "@/lib/platform/sandbox";
import { DriverError } from "../../contract";
import type { ComponentHandle } from "../component";
import { writeIfOther } from "../data/files";
import { throwIfStorageEnded } from "../data/storage-failure";
import { confinementOf, nodeMounts } from "../isolation/confinement";
import { isConfined, refuseUnconfined } from "../isolation/unconfined";
import { nodeProgram, placer, reachableProgram, refVariable } from "../machine";
import type { Ports, ProcessRecord } from "../record";
import { scriptFile } from "../scripts";
import { stopGraceMs } from "../spec";
import { askToEnd, findMembers, isFileWork, type Member } from "./members";
import { isPortFree } from "./ports";

export const balancerName = "balancer";
const portWaitMs = 3_000;

/** Digest of all that decides how a process is started; limits are not part of it, they change live. */
export function launchDigest(component: ComponentHandle, name: string): string {
  const { record, spec } = component;
  if (name === balancerName) {
    return digestOf({ ports: record.ports, bind: component.machine.config.bind });
  }
  const { volumes: _volumes, prepare: _prepare, archive: _archive, ...how } = spec;
  return digestOf({
    how,
    release: record.release,
    prepared: record.prepared,
    ports: component.portsOf(name),
    host: component.replicaHost,
  });
}

/**
 * The record of a process when that very process lives, and lives confined as well as this host can confine it: one that
 * was started before counts as dead, so that it is started again.
 */
export function living(component: ComponentHandle, name: string): ProcessRecord | null {
  const entry = component.record.processes.find((one) => one.name === name);
  return entry && isRunning(entry) && isConfined(component.machine, entry) ? entry : null;
}

/**
 * Starts one process directly, in its own session, with its output appended to the component's log. It outlives this
 * process. The intent is on disk before the start, the mark in its environment finds it should we die in between.
 * @throws DriverError (retryable) when its port is taken, (permanent) when the program cannot or must not be started.
 */
export async function startProcess(component: ComponentHandle, name: string): Promise<void> {
  const { record, machine, paths, ref } = component;
  await refuseUnconfined(machine);
  const launch = launchDigest(component, name);
  endLeftovers(component, name);
  await component.joinNetwork();
  const { command, spec, environment } = await describeStart(component, name).catch((error: unknown) => {
    // What makes its first files was ended with it.
    throwIfStorageEnded(component);
    throw error;
  });
  await waitForPorts(component, name);
  forget(component, name);
  const entry = newEntry(component, name, launch);
  record.processes.push(entry);
  component.save();
  const log = openSync(paths.log, "a", 0o600);
  try {
    const { keeper, main } = await startConfined(machine.sandbox, spec, command, {
      environment: { ...environment, ...component.marks(name), ROSTRUM_LAUNCH: launch },
      output: log,
      place: placer(machine, ref),
    });
    identify(entry, keeper, main);
  } finally {
    closeSync(log);
  }
  component.save();
}

/** Writes down which process it is. One that has ended already keeps no identity: its log says why it ended. */
function identify(entry: ProcessRecord, keeper: number, main: number | null): void {
  entry.keeper = identityOf(keeper);
  const identity = main === null ? null : identityOf(main);
  Object.assign(entry, { pid: identity?.pid ?? 0, start: identity?.start ?? "" });
}

function newEntry(component: ComponentHandle, name: string, launch: string): ProcessRecord {
  const ports = Object.values(portsHeldBy(component, name));
  const { level } = component.machine.sandbox.isolation;
  return {
    ...{ name, launch, ports, pid: 0, start: "", keeper: null },
    isolation: level,
    ownNetwork: component.machine.networks !== null,
    startedAt: new Date().toISOString(),
  };
}

function portsHeldBy(component: ComponentHandle, name: string): Ports {
  return name === balancerName ? component.record.ports : component.portsOf(name);
}

function forget(component: ComponentHandle, name: string): void {
  component.record.processes = component.record.processes.filter((entry) => entry.name !== name);
}

interface Start {
  command: string[];
  spec: SandboxSpec;
  environment: Record<string, string>;
}

async function describeStart(component: ComponentHandle, name: string): Promise<Start> {
  const { machine, record, paths } = component;
  if (name === balancerName) {
    const node = reachableProgram(machine, nodeProgram(), record.owner);
    const script = scriptFile(machine.host.runtimeDir, "balancer");
    const mounts = [
      ...nodeMounts(machine, record.owner),
      { source: dirname(script) },
      { source: paths.balancer },
    ];
    return {
      // A balancer only moves bytes: a small heap keeps it from growing.
      command: [node, "--max-old-space-size=32", script, paths.balancer],
      spec: confinementOf(component, { mounts, cwd: "/", network: "component" }),
      environment: { PATH: "/usr/bin:/bin" },
    };
  }
  const input = component.launchInput(name);
  writeSettings(component, component.runtime.settings?.(input) ?? {});
  await component.runtime.initialize?.(input);
  const launch = component.runtime.launch(input);
  const [program = ""] = launch.command;
  const mounts = [...programMounts(program), ...(launch.mounts ?? [])];
  return {
    command: launch.command,
    spec: component.confinement(mounts, launch.cwd ? { cwd: launch.cwd } : {}),
    environment: { ...launch.environment, ...component.environment(name) },
  };
}

/** Settings of a server: Rostrum writes them, the component's user alone may read them, no one of it can change them. */
function writeSettings({ paths, record }: ComponentHandle, settings: Record<string, string>): void {
  for (const [name, text] of Object.entries(settings)) {
    writeIfOther(join(paths.config, name), text, record.owner ? 0o640 : 0o600, record.owner?.gid);
  }
}

/** A port that was just let go may take a moment; one that someone else took is reported by its number. */
async function waitForPorts(component: ComponentHandle, name: string): Promise<void> {
  const ports = portsHeldBy(component, name);
  const host = name === balancerName ? component.machine.config.bind : component.replicaHost;
  const until = Date.now() + portWaitMs;
  for (const [logical, port] of Object.entries(ports)) {
    while (!(await isPortFree(host, port))) {
      if (Date.now() > until) {
        throw new DriverError("retryable", `Port ${port} of ${component.ref.component} is in use`, {
          hint: `Another program listens on ${host}:${port} (port ${logical} of the component). Stop it, then resume.`,
        });
      }
      await sleep(100);
    }
  }
}

/** Ends one process: asked first, killed after its grace time, with all it started in its own session. */
export async function stopProcess(component: ComponentHandle, name: string, graceMs?: number): Promise<void> {
  const entry = component.record.processes.find((one) => one.name === name);
  if (!entry) return;
  if (isRunning(entry)) {
    const signal = (component.spec.stop_signal ?? component.runtime.stopSignal) as NodeJS.Signals;
    const asked = name === balancerName ? "SIGTERM" : signal;
    const ended = await askToEnd(entry, asked, graceMs ?? stopGraceMs(component.spec));
    if (!ended) {
      component.log(`${component.spoken(name)} didn’t stop in time; killing it`);
      await askToEnd(entry, "SIGKILL", 5_000);
    }
  }
  endLeftovers(component, name);
  forget(component, name);
  component.save();
}

/**
 * Kills what a process that has ended left behind: it would hold ports and data of the next one. Programs that overwrite
 * their environment cannot be told apart by slot, so they count where there is only one.
 */
function endLeftovers(component: ComponentHandle, name: string): void {
  const { machine, ref, record } = component;
  const entry = record.processes.find((one) => one.name === name);
  const alone = record.processes.every((one) => one.name === name);
  for (const member of findMembers(machine, ref, record.owner)) {
    const marked = member.variables?.has(refVariable) ?? false;
    const isOfSlot = marked ? member.variables?.get("ROSTRUM_PROCESS") === name : alone;
    if (isFileWork(machine, member)) continue;
    const isOfGroup = entry !== undefined && entry.pid > 0 && member.group === entry.pid;
    if (isOfSlot || isOfGroup) signalProcess(member, "SIGKILL");
  }
}

/**
 * Finds processes whose start was begun and not written down, and writes them down. Those begun in another way than is
 * wanted now, and leftovers of a process that has ended, are ended.
 */
export async function adoptUnrecorded(component: ComponentHandle): Promise<void> {
  const { record, machine, ref } = component;
  const members = findMembers(machine, ref, record.owner);
  const pids = new Set(members.map((member) => member.pid));
  // Programs start sessions of their own (PostgreSQL for every child): only what has no parent here was started by us.
  const leaders = members.filter(
    (member) =>
      member.pid === member.group &&
      !pids.has(member.parent) &&
      !isFileWork(machine, member) &&
      !record.processes.some((entry) => isProcessOf(entry, member)),
  );
  for (const leader of leaders) {
    const slot = leader.variables?.get("ROSTRUM_PROCESS");
    const entry = pendingFor(component, leader, leaders.length);
    const main = findProgramOf(leader);
    if (entry && main !== null) {
      identify(entry, leader.pid, main);
      component.log(`Found ${component.spoken(entry.name)} already running (pid ${main}); keeping it`);
    } else if (slot !== undefined && !living(component, slot)) {
      await askToEnd(leader, component.runtime.stopSignal, 5_000);
      signalProcess(leader, "SIGKILL");
    }
  }
  component.save();
}

/** Whether a start that was written down to its end is this process: the program, or the one that waits for it. */
function isProcessOf(entry: ProcessRecord, member: ProcessIdentity): boolean {
  const own = entry.pid > 0 ? [entry, entry.keeper] : [];
  return own.some((one) => one?.pid === member.pid && one.start === member.start);
}

/** The program behind a process that was spawned: itself, or what runs in the namespaces it waits for; null when it ended. */
function findProgramOf(leader: Member): number | null {
  const [first] = childrenOf(leader.pid);
  const isKeeper = first !== undefined && processNamespaceOf(first) !== processNamespaceOf(process.pid);
  return isKeeper ? findMain(leader.pid) : leader.pid;
}

/** The entry whose start was begun and that this process must be; null when there is none. */
function pendingFor(component: ComponentHandle, leader: Member, leaders: number): ProcessRecord | null {
  const pending = component.record.processes.filter((entry) => entry.pid === 0);
  const isWanted = (entry: ProcessRecord) => entry.launch === launchDigest(component, entry.name);
  if (leader.variables?.has(refVariable)) {
    const name = leader.variables.get("ROSTRUM_PROCESS");
    const launch = leader.variables.get("ROSTRUM_LAUNCH");
    return pending.find((entry) => entry.name === name && entry.launch === launch && isWanted(entry)) ?? null;
  }
  // A program that overwrote its environment says nothing; the only start under way must have been its own.
  const [only] = pending;
  return leaders === 1 && pending.length === 1 && only && isWanted(only) ? only : null;
}

/** Tells the balancer its targets; running ones take a new list without dropping a connection. */
export function writeRoutes(component: ComponentHandle, replicas: string[]): void {
  const { record, paths, machine } = component;
  const routes = Object.entries(record.ports).map(([logical, listen]) => ({
    listen,
    bind: machine.networks ? "127.0.0.1" : machine.config.bind,
    host: "127.0.0.1",
    targets: replicas.flatMap((name) => record.replicaPorts[name]?.[logical] ?? []),
  }));
  const text = JSON.stringify({ routes });
  let before = "";
  try {
    before = readFileSync(paths.balancer, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  if (before === text) return;
  // In place once it is there: what a running balancer sees is this very file.
  if (before === "") writeIfOther(paths.balancer, text, record.owner ? 0o640 : 0o600, record.owner?.gid);
  else writeFileSync(paths.balancer, text);
  const balancer = living(component, balancerName);
  if (balancer) signalProcess(balancer, "SIGHUP");
}
