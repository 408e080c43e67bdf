import { setTimeout as sleep } from "node:timers/promises";
import {
  environmentOf,
  isRunning,
  listProcesses,
  type ProcessInfo,
  signalProcess,
  workingDirectoryOf,
} from "@/lib/platform/exec/process-table";
import { type ComponentRef, DriverError, refKey } from "../contract";
import type { Owner } from "./files";
import { groupName, type Machine, pathsIn, refVariable } from "./machine";

/** A living process of a component, and how Rostrum marked it when it started it. */
export interface Member extends ProcessInfo {
  variables: Map<string, string> | null;
}

/**
 * Every living process of a component: in its control group, of its user, or with its mark in the environment. Programs
 * may overwrite their environment (PostgreSQL does), so without groups and users a process without a terminal that works
 * inside the component's directory counts too.
 */
export function findMembers(machine: Machine, ref: ComponentRef, owner: Owner | null): Member[] {
  const grouped = new Set(machine.groups?.members(groupName(machine, ref)) ?? []);
  const directory = `${pathsIn(machine, ref).root}/`;
  const ownUid = process.getuid?.() ?? 0;
  return listProcesses().flatMap((info) => {
    if (info.pid === process.pid) return [];
    const ours = info.uid === (owner?.uid ?? ownUid);
    if (!ours && !grouped.has(info.pid)) return [];
    const variables = environmentOf(info.pid);
    const isMember =
      grouped.has(info.pid) ||
      (owner !== null && ours) ||
      isMarked(variables, machine, ref) ||
      (owner === null && !info.hasTerminal && worksIn(info.pid, directory));
    return isMember ? [{ ...info, variables }] : [];
  });
}

function isMarked(variables: Map<string, string> | null, machine: Machine, ref: ComponentRef): boolean {
  return variables?.get("ROSTRUM_CLOUD") === machine.cloudMark && variables.get(refVariable) === refKey(ref);
}

function worksIn(pid: number, directory: string): boolean {
  return workingDirectoryOf(pid)?.startsWith(directory) ?? false;
}

/** Marked processes of this cloud, whatever component they name. */
export function findMarked(machine: Machine): { info: ProcessInfo; variables: Map<string, string> }[] {
  return listProcesses().flatMap((info) => {
    const variables = environmentOf(info.pid);
    return variables?.get("ROSTRUM_CLOUD") === machine.cloudMark ? [{ info, variables }] : [];
  });
}

const killWaitMs = 10_000;

/**
 * Kills every process of a component that `keep` does not name, again and again until none is left: a process may fork
 * while the others are looked up. @throws DriverError (unknown) when one survives.
 */
export async function killMembers(
  machine: Machine,
  ref: ComponentRef,
  owner: Owner | null,
  keep: (member: Member) => boolean = () => false,
): Promise<void> {
  const until = Date.now() + killWaitMs;
  for (;;) {
    const left = findMembers(machine, ref, owner).filter((member) => !keep(member));
    if (left.length === 0) return;
    if (Date.now() > until) {
      throw new DriverError("unknown", `Process ${left[0]?.pid} of ${ref.component} cannot be ended`);
    }
    for (const member of left) signalProcess(member, "SIGKILL");
    await sleep(20);
  }
}

/** Asks one process to end and waits for it, at most `graceMs`; true when it is gone. */
export async function askToEnd(
  identity: { pid: number; start: string },
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<boolean> {
  if (!signalProcess(identity, signal)) return true;
  // A paused process takes the signal only when it goes on.
  signalProcess(identity, "SIGCONT");
  const until = Date.now() + graceMs;
  for (let waitMs = 5; isRunning(identity); waitMs = Math.min(100, waitMs * 2)) {
    if (Date.now() > until) return false;
    await sleep(waitMs);
  }
  return true;
}
