import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readlinkSync,
  rmSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { formatDuration } from "@/lib/kernel/format";
import { findProgram } from "../exec/find-program";
import { makePassable } from "../exec/reachable";
import { confine } from "./confine";
import { seccompFilter } from "./seccomp";
import type { Identity, Isolation, SandboxSpec } from "./types";
import type { UnshareTools } from "./unshare";

/** What a sandbox is built with on this host, and what came of trying it. */
export interface SandboxTools {
  isolation: Isolation;
  bwrap: string | null;
  unshare: UnshareTools | null;
  setpriv: string | null;
  nsenter: string | null;
  /** Words that give a program the usual reactions to signals, which a shell takes from what it starts aside. */
  defaultSignals: string[];
  isRoot: boolean;
  /** A system call filter that every bwrap gets; null where there is none. */
  filter: Filter | null;
}

/** An unlinked file with the filter's bytes: each reader opens it again, so that each has a position of its own. */
export interface Filter {
  open(): number;
}

export type Tool = "bwrap" | "unshare";

const probeMs = 30_000;
/** Owns nothing; stands for the users components get. */
const anybody: Identity = { uid: 65_533, gid: 65_533 };
const found = new Map<string, SandboxTools>();

/**
 * What confines programs on this host, found by starting one and looking at what it sees; once per process and
 * directory. `directory` is one that every identity can pass (`runtimeDir`); `among` narrows what is tried, for tests.
 */
export function findIsolation(
  directory: string,
  among: readonly Tool[] = ["bwrap", "unshare"],
): SandboxTools {
  const key = `${directory} ${among.join()}`;
  const known = found.get(key);
  if (known) return known;
  const tools = tryAll(directory, among);
  found.set(key, tools);
  return tools;
}

function tryAll(directory: string, among: readonly Tool[]): SandboxTools {
  const isRoot = process.getuid?.() === 0;
  const base: SandboxTools = {
    isolation: { level: "namespaces", tool: null, seccomp: false, reason: null },
    bwrap: null,
    unshare: null,
    setpriv: findTool("setpriv"),
    nsenter: findTool("nsenter"),
    defaultSignals: defaultSignals(),
    isRoot,
    filter: null,
  };
  const failures: string[] = [];
  for (const tools of candidates(base, directory, among)) {
    const failure = probe(tools, directory);
    if (failure === null) return tools;
    failures.push(`${tools.isolation.tool}: ${failure}`);
  }
  const reason =
    failures.length > 0
      ? `Can’t create namespaces (${failures.join("; ")})`
      : "Neither bubblewrap nor unshare (util-linux) is installed";
  const level = isRoot ? "separate-users" : "none";
  return { ...base, isolation: { level, tool: null, seccomp: false, reason } };
}

function candidates(base: SandboxTools, directory: string, among: readonly Tool[]): SandboxTools[] {
  const list: SandboxTools[] = [];
  const bwrap = among.includes("bwrap") ? findTool("bwrap") : null;
  if (bwrap) {
    const filter = openFilter(directory);
    if (filter) list.push(withTool({ ...base, bwrap, filter }, "bwrap", true));
    list.push(withTool({ ...base, bwrap }, "bwrap", false));
  }
  const unshare = among.includes("unshare") ? findUnshareTools(directory) : null;
  if (unshare) list.push(withTool({ ...base, unshare }, "unshare", false));
  return list;
}

function withTool(tools: SandboxTools, tool: Tool, seccomp: boolean): SandboxTools {
  return { ...tools, isolation: { level: "namespaces", tool, seccomp, reason: null } };
}

/** A program of the system: its administrator's directories count too, which a service's PATH may lack. */
export function findTool(name: string): string | null {
  const usual = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"].map((directory) => join(directory, name));
  return usual.find((file) => existsSync(file)) ?? findProgram(name);
}

function findUnshareTools(directory: string): UnshareTools | null {
  const [unshare, setpriv, mount, umount, pivotRoot] = [
    "unshare",
    "setpriv",
    "mount",
    "umount",
    "pivot_root",
  ].map(findTool);
  if (!unshare || !setpriv || !mount || !umount || !pivotRoot) return null;
  const staging = join(directory, "newroot");
  makePassable(staging);
  return { unshare, setpriv, mount, umount, pivotRoot, staging };
}

/** coreutils' env undoes that a shell without job control lets its children ignore SIGINT and SIGQUIT. */
function defaultSignals(): string[] {
  const env = findTool("env");
  if (!env) return [];
  const words = [env, "--default-signal=INT,QUIT"];
  return spawnSync(env, [...words.slice(1), "true"], { stdio: "ignore", timeout: probeMs }).status === 0
    ? words
    : [];
}

function openFilter(directory: string): Filter | null {
  const bytes = seccompFilter();
  if (!bytes) return null;
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `.filter-${process.pid}`);
  const file = openSync(path, "w+", 0o600);
  try {
    writeSync(file, bytes);
  } finally {
    unlinkSync(path);
  }
  return { open: () => openSync(`/proc/self/fd/${file}`, "r") };
}

/** Null when a confined program sees its own directory, may write it, and sees nothing beside it; else what failed. */
function probe(tools: SandboxTools, directory: string): string | null {
  const draft = mkdtempSync(join(directory, ".probe-"));
  const own = join(draft, "own");
  const identity = tools.isRoot ? anybody : null;
  const gate = prepareProbe(draft, own, identity);
  const filter = tools.filter?.open();
  const nothing = openSync("/dev/null", "r+");
  try {
    const spec: SandboxSpec = {
      identity,
      hostname: "probe",
      mounts: [{ source: own, writable: true }],
      hidden: [],
      temporaryBytes: 2 ** 20,
      sharedMemoryBytes: 2 ** 20,
      network: "host",
      processes: 64,
      fileBytes: null,
      cwd: own,
      diesWithParent: true,
    };
    const test = '[ ! -e "$2" ] && [ "$(readlink /proc/self/ns/pid)" != "$3" ] && : > "$1/made"';
    const outside = readlinkSync("/proc/self/ns/pid");
    const words = ["/bin/sh", "-c", test, "probe", own, join(draft, "beside"), outside];
    const { command, identity: by } = confine(tools, spec, words);
    const [program = "", ...args] = command;
    const result = spawnSync(program, args, {
      cwd: "/",
      env: { PATH: "/usr/bin:/bin" } as unknown as NodeJS.ProcessEnv,
      ...(by ?? {}),
      stdio: ["ignore", "ignore", "pipe", gate, nothing, filter ?? nothing, nothing],
      timeout: probeMs,
      encoding: "utf8",
    });
    if ((result.error as NodeJS.ErrnoException | undefined)?.code === "ETIMEDOUT") {
      // A host under load says nothing of what it can do, and what is found here holds for the life of this process.
      throw new Error(`Sandbox detection timed out after ${formatDuration(probeMs)}`);
    }
    if (result.status === 0 && existsSync(join(own, "made"))) return null;
    return (result.stderr || result.error?.message || `exit ${result.status}`).trim().split("\n")[0] ?? "";
  } finally {
    if (filter !== undefined) closeSync(filter);
    closeSync(nothing);
    closeSync(gate);
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Makes what the probe shall see and what it shall not; answers an open gate. */
function prepareProbe(draft: string, own: string, identity: Identity | null): number {
  chmodSync(draft, 0o711);
  mkdirSync(own);
  if (identity) chownSync(own, identity.uid, identity.gid);
  writeFileSync(join(draft, "beside"), "");
  const gate = join(draft, "gate");
  writeFileSync(gate, "\n");
  return openSync(gate, "r");
}
