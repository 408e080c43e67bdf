import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";

/** Names one process for ever: a process id alone is used again after its process has ended. */
export interface ProcessIdentity {
  pid: number;
  /** When the kernel started it: clock ticks since boot on Linux, a date elsewhere. */
  start: string;
}

export interface ProcessInfo extends ProcessIdentity {
  parent: number;
  /** A process that began its own session leads the group of its own id. */
  group: number;
  uid: number;
  hasTerminal: boolean;
  /** Stopped by a signal (SIGSTOP), not ended. */
  paused: boolean;
  cpuSeconds: number;
  residentBytes: number;
}

const onLinux = process.platform === "linux";
const ticksPerSecond = 100;
const pageBytes = 4_096;

/** One living process, or null. One that has ended but was not waited for (a zombie) is not living. */
export function readProcess(pid: number): ProcessInfo | null {
  if (!onLinux) return listByPs(["-p", String(pid)])[0] ?? null;
  try {
    const uid = statSync(`/proc/${pid}`).uid;
    return parseStat(pid, uid, readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    // It ended between the two looks, or never was.
    return null;
  }
}

/** Fields as in proc(5); the name in parentheses may hold anything, so count from the last one. */
function parseStat(pid: number, uid: number, stat: string): ProcessInfo | null {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields[0] ?? "X";
  const number = (field: number) => Number(fields[field - 3] ?? 0);
  // A zombie with other threads is still ending: until the last one is gone it holds its ports and files.
  const isGone = state === "X" || state === "x" || (state === "Z" && number(20) <= 1);
  if (isGone) return null;
  return {
    pid,
    uid,
    start: fields[19] ?? "",
    parent: number(4),
    group: number(5),
    hasTerminal: number(7) !== 0,
    paused: state === "T" || state === "t",
    cpuSeconds: (number(14) + number(15)) / ticksPerSecond,
    residentBytes: number(24) * pageBytes,
  };
}

/** Every living process of the machine that can be seen. */
export function listProcesses(): ProcessInfo[] {
  if (!onLinux) return listByPs(["-ax"]);
  const found: ProcessInfo[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const info = readProcess(Number(name));
    if (info) found.push(info);
  }
  return found;
}

function listByPs(selection: string[]): ProcessInfo[] {
  const columns = "pid=,ppid=,pgid=,uid=,tty=,state=,rss=,time=,lstart=";
  let output: string;
  try {
    output = execFileSync("ps", [...selection, "-o", columns], { encoding: "utf8", timeout: 10_000 });
  } catch {
    // `ps -p` fails when there is no such process.
    return [];
  }
  return output.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [pid, parent, group, uid, tty, state, rss, time, ...start] = fields;
    if (!pid || !state || state.startsWith("Z")) return [];
    return {
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      uid: Number(uid),
      hasTerminal: tty !== "??" && tty !== "?",
      paused: state.startsWith("T"),
      residentBytes: Number(rss) * 1024,
      cpuSeconds: (time ?? "0").split(":").reduce((sum, part) => sum * 60 + Number(part), 0),
      start: start.join(" "),
    };
  });
}

/** Ids of a process's living children, oldest first. */
export function childrenOf(pid: number): number[] {
  if (onLinux) {
    try {
      const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
      return text.split(" ").flatMap((word) => (word.trim() === "" ? [] : [Number(word)]));
    } catch {
      // It has ended, or this kernel has no such file: then the table says the same.
    }
  }
  return listProcesses()
    .filter((info) => info.parent === pid)
    .map((info) => info.pid);
}

/** What names the process namespace of a process; null where that cannot be told. */
export function processNamespaceOf(pid: number): string | null {
  if (!onLinux) return null;
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    // Another user's process, or it has ended.
    return null;
  }
}

/** The identity of a living process, null when there is none of that id. */
export function identityOf(pid: number): ProcessIdentity | null {
  const info = readProcess(pid);
  return info && { pid: info.pid, start: info.start };
}

/** Whether that very process still lives. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identity.pid > 0 && readProcess(identity.pid)?.start === identity.start;
}

/** Signals that very process and no later one of its id. False when it has ended. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

/** The variables a process was started with; null when they may not be read or it overwrote them. */
export function environmentOf(pid: number): Map<string, string> | null {
  try {
    const separator = onLinux ? "\0" : " ";
    const text = onLinux
      ? readFileSync(`/proc/${pid}/environ`, "utf8")
      : execFileSync("ps", ["-E", "-ww", "-p", String(pid), "-o", "command="], {
          encoding: "utf8",
          timeout: 5_000,
        });
    const variables = new Map<string, string>();
    for (const entry of text.split(separator)) {
      const at = entry.indexOf("=");
      if (at > 0) variables.set(entry.slice(0, at), entry.slice(at + 1).trimEnd());
    }
    return variables.size > 0 ? variables : null;
  } catch {
    // Another user's process, or it has ended.
    return null;
  }
}

/** The working directory of a process; null where that cannot be told. */
export function workingDirectoryOf(pid: number): string | null {
  if (!onLinux) return null;
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

/** Memory of a process with shared pages counted in parts; resident memory where the kernel does not say. */
export function proportionalBytes(info: ProcessInfo): number {
  if (!onLinux) return info.residentBytes;
  try {
    const match = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${info.pid}/smaps_rollup`, "utf8"));
    return match ? Number(match[1]) * 1024 : info.residentBytes;
  } catch {
    return info.residentBytes;
  }
}
