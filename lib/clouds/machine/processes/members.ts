import { setTimeout as sleep } from "node:timers/promises";
import {
  environmentOf,
  isRunning,
  listProcesses,
  type ProcessInfo,
  processNamespaceOf,
  signalProcess,
  workingDirectoryOf,
} from "@/lib/platform/exec/process-table";
import { type ComponentRef, DriverError, refKey } from "../../contract";
import type { Owner } from "../data/files";
import { groupName, type Machine, pathsIn, refVariable } from "../machine";

/** A living process of a component, and how Rostrum marked it when it started it. */
export interface Member extends ProcessInfo {
  variables: Map<string, string> | null;
  /** Whether its keeper says that it works on the files for Rostrum. Means something only where there are namespaces. */
  hasFileKeeper: boolean;
}

/**
 * Every living process of a component: in its control group, of its user, with its mark in the environment, or in the
 * process namespace of one that is. Programs may overwrite their environment (PostgreSQL does), but process 1 of their
 * namespace is Rostrum's own and does not. Where there are neither groups nor users nor namespaces, a process without a
 * terminal that works inside the component's directory counts too.
 */
export function findMembers(machine: Machine, ref: ComponentRef, owner: Owner | null): Member[] {
  const grouped = new Set(machine.groups?.members(groupName(machine, ref)) ?? []);
  const directory = `${pathsIn(machine, ref).root}/`;
  const outside = processNamespaceOf(process.pid);
  const table = new Map(listProcesses().map((info) => [info.pid, info]));
  const candidates = [...table.values()].filter(
    (info) => info.pid !== process.pid && (isOfUser(info, owner) || grouped.has(info.pid)),
  );
  const known = candidates.map((info) => {
    const variables = environmentOf(info.pid);
    const isMember =
      grouped.has(info.pid) ||
      owner !== null ||
      isMarked(variables, machine, ref) ||
      (!info.hasTerminal && worksIn(info.pid, directory));
    return { info, variables, isMember };
  });
  const inside = new Set(
    known.flatMap(({ info, isMember }) => {
      const namespace = isMember ? processNamespaceOf(info.pid) : null;
      return namespace !== null && namespace !== outside ? [namespace] : [];
    }),
  );
  return known.flatMap(({ info, variables, isMember }) => {
    const belongs = isMember || (inside.size > 0 && inside.has(processNamespaceOf(info.pid) ?? ""));
    return belongs ? [{ ...info, variables, hasFileKeeper: hasFileKeeper(info, table, outside) }] : [];
  });
}

/**
 * Whether the process that Rostrum spawned for this one carries the mark of file work. Only that one is asked: it lives in
 * Rostrum's own process namespace, where no component can reach it. Everything inside, process 1 too, belongs to the
 * component, which can rewrite what it was started with. Without a keeper (it was killed) nothing is file work.
 */
function hasFileKeeper(
  info: ProcessInfo,
  table: ReadonlyMap<number, ProcessInfo>,
  outside: string | null,
): boolean {
  // From a process to its parent leads out of its namespace to its keeper, also where another one adopted it inside.
  let one: ProcessInfo | undefined = info;
  for (let steps = table.size; one && steps > 0; one = table.get(one.parent), steps -= 1) {
    const namespace = processNamespaceOf(one.pid);
    if (namespace === null || outside === null) return false;
    if (namespace === outside) return environmentOf(one.pid)?.get("ROSTRUM_PROCESS") === fileWorkMark;
  }
  return false;
}

/** What marks processes that read or arrange a component's files for Rostrum. */
export const fileWorkMark = "files";

/**
 * Whether a process works on the files for Rostrum, so that a stop or a restart lets it continue. Only where namespaces keep
 * components away from the process that tells (`hasFileKeeper`); elsewhere nothing is spared.
 */
export function isFileWork({ sandbox }: Machine, member: Member): boolean {
  return sandbox.isolation.level === "namespaces" && member.hasFileKeeper;
}

/** Whether a process runs as a component's user; without users of their own that is Rostrum's, and says little. */
function isOfUser(info: ProcessInfo, owner: Owner | null): boolean {
  return info.uid === (owner?.uid ?? process.getuid?.() ?? 0);
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
      throw new DriverError("unknown", `Couldn’t stop process ${left[0]?.pid} of ${ref.component}`);
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
  // A paused process takes the signal only when it continues.
  signalProcess(identity, "SIGCONT");
  const until = Date.now() + graceMs;
  for (let waitMs = 5; isRunning(identity); waitMs = Math.min(100, waitMs * 2)) {
    if (Date.now() > until) return false;
    await sleep(waitMs);
  }
  return true;
}
