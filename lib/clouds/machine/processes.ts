import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { digestOf } from "@/lib/kernel/canonical";
import { ChildStartError } from "@/lib/platform/exec/child";
import { identityOf, isRunning, signalProcess } from "@/lib/platform/exec/process-table";
import { DriverError } from "../contract";
import type { ComponentHandle } from "./component";
import { groupName, nodeProgram, reachableProgram, refVariable } from "./machine";
import { askToEnd, findMembers, type Member } from "./members";
import { isPortFree } from "./ports";
import type { Ports, ProcessRecord } from "./record";
import { scriptFile } from "./scripts";
import { stopGraceMs } from "./spec";

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

/** The record of a process when that very process lives. */
export function living(component: ComponentHandle, name: string): ProcessRecord | null {
  const entry = component.record.processes.find((one) => one.name === name);
  return entry && isRunning(entry) ? entry : null;
}

/**
 * Starts one process directly, in its own session, with its output appended to the component's log. It outlives this
 * process. The intent is on disk before the start, the mark in its environment finds it should we die in between.
 * @throws DriverError (retryable) when its port is taken, (permanent) when the program cannot be started.
 */
export async function startProcess(component: ComponentHandle, name: string): Promise<void> {
  const { record, machine, paths } = component;
  const launch = launchDigest(component, name);
  endLeftovers(component, name);
  const { command, cwd, environment } = await describeStart(component, name);
  await waitForPorts(component, name);
  forget(component, name);
  const entry = newEntry(component, name, launch);
  record.processes.push(entry);
  component.save();
  const log = openSync(paths.log, "a", 0o600);
  try {
    const [program = "", ...args] = command;
    const child = spawn(program, args, {
      cwd,
      env: { ...environment, ...component.marks(name), ROSTRUM_LAUNCH: launch } as Record<
        string,
        string
      > as NodeJS.ProcessEnv,
      ...(record.owner ?? {}),
      detached: true,
      stdio: ["ignore", log, log],
    });
    if (child.pid === undefined) {
      const [error] = (await once(child, "error")) as [NodeJS.ErrnoException];
      throw new ChildStartError(program, error);
    }
    child.on("error", () => undefined);
    child.unref();
    machine.groups?.place(groupName(machine, component.ref), child.pid);
    entry.pid = child.pid;
    entry.start = identityOf(child.pid)?.start ?? "";
  } catch (error) {
    // It may end before it can be placed: then its log says why, and the wait for it reports that.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  } finally {
    closeSync(log);
  }
  component.save();
}

function newEntry(component: ComponentHandle, name: string, launch: string): ProcessRecord {
  const ports = Object.values(portsHeldBy(component, name));
  return { name, launch, ports, pid: 0, start: "", startedAt: new Date().toISOString() };
}

function portsHeldBy(component: ComponentHandle, name: string): Ports {
  return name === balancerName ? component.record.ports : component.portsOf(name);
}

function forget(component: ComponentHandle, name: string): void {
  component.record.processes = component.record.processes.filter((entry) => entry.name !== name);
}

async function describeStart(component: ComponentHandle, name: string) {
  if (name === balancerName) {
    const node = reachableProgram(component.machine, nodeProgram(), component.record.owner);
    const script = scriptFile(component.machine.host.runtimeDir, "balancer");
    return {
      // A balancer only moves bytes: a small heap keeps it from growing.
      command: [node, "--max-old-space-size=32", script, component.paths.balancer],
      cwd: "/",
      environment: { PATH: "/usr/bin:/bin" },
    };
  }
  const input = component.launchInput(name);
  await component.runtime.initialise?.(input);
  const launch = component.runtime.launch(input);
  return {
    command: launch.command,
    cwd: launch.cwd ?? component.releaseDir,
    environment: { ...launch.environment, ...component.environment(name) },
  };
}

/** A port that was just let go may take a moment; one that somebody else took is reported by its number. */
async function waitForPorts(component: ComponentHandle, name: string): Promise<void> {
  const ports = portsHeldBy(component, name);
  const host = name === balancerName ? component.machine.config.bind : component.replicaHost;
  const until = Date.now() + portWaitMs;
  for (const [logical, port] of Object.entries(ports)) {
    while (!(await isPortFree(host, port))) {
      if (Date.now() > until) {
        throw new DriverError("retryable", `Port ${port} of ${component.ref.component} is taken`, {
          hint: `Another program listens on ${host}:${port} (port ${logical} of the component). End it, then resume.`,
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
      component.log(`${component.spoken(name)} did not end in time and is killed`);
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
      !record.processes.some((entry) => entry.pid === member.pid && entry.start === member.start),
  );
  for (const leader of leaders) {
    const slot = leader.variables?.get("ROSTRUM_PROCESS");
    const entry = pendingFor(component, leader, leaders.length);
    if (entry) {
      Object.assign(entry, { pid: leader.pid, start: leader.start });
      component.log(`Found ${component.spoken(entry.name)} running (pid ${leader.pid}) and kept it`);
    } else if (slot !== undefined && !living(component, slot)) {
      await askToEnd(leader, component.runtime.stopSignal, 5_000);
      signalProcess(leader, "SIGKILL");
    }
  }
  component.save();
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
    bind: machine.config.bind,
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
  // Ports are no secret, and the balancer runs as the component's user.
  writeFileSync(paths.balancer, text);
  chmodSync(paths.balancer, 0o644);
  const balancer = living(component, balancerName);
  if (balancer) signalProcess(balancer, "SIGHUP");
}
