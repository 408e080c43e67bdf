import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Limits {
  /** Cores; 0 = no limit. */
  cpu: number;
  /** 0 = no limit. */
  memoryBytes: number;
}

export interface GroupUsage {
  cpuSeconds: number;
  /** Without page cache that can be dropped at any time. */
  memoryBytes: number;
  outOfMemoryKills: number;
}

/** A component's control group: limits, counts and finds all its processes, whatever they forked. */
export interface ControlGroups {
  readonly version: "v1" | "v2";
  /** Creates the group when it is missing and sets its limits. */
  setLimits(name: string, limits: Limits): void;
  place(name: string, pid: number): void;
  members(name: string): number[];
  usage(name: string): GroupUsage | null;
  /** Removes the empty group. */
  remove(name: string): Promise<void>;
}

const mount = "/sys/fs/cgroup";
const periodUs = 100_000;
const maxProcesses = 1_024;
let found: ControlGroups | null | undefined;

/** The control groups this process may write to, tried out once; null where limits cannot be enforced. */
export function findControlGroups(): ControlGroups | null {
  found ??= [tryGroups(unified), tryGroups(legacy)].find((groups) => groups !== null) ?? null;
  return found;
}

function tryGroups(open: () => ControlGroups | null): ControlGroups | null {
  const probe = `probe-${process.pid}`;
  try {
    const groups = open();
    groups?.setLimits(probe, { cpu: 1, memoryBytes: 2 ** 28 });
    void groups?.remove(probe);
    return groups;
  } catch {
    // Not writable, not mounted or not delegated: the caller reports that limits are not enforced.
    return null;
  }
}

/** Version 2: one tree, controllers switched on from the top down. */
function unified(): ControlGroups | null {
  if (!existsSync(join(mount, "cgroup.controllers"))) return null;
  const base = join(mount, "rostrum");
  mkdirSync(base, { recursive: true });
  for (const directory of [mount, base]) {
    writeFileSync(join(directory, "cgroup.subtree_control"), "+cpu +memory +pids");
  }
  const at = (name: string, file = "") => join(base, name, file);
  return {
    version: "v2",
    setLimits(name, { cpu, memoryBytes }) {
      mkdirSync(at(name), { recursive: true });
      writeFileSync(at(name, "memory.max"), memoryBytes > 0 ? String(memoryBytes) : "max");
      // A kernel without swap, or that does not count it, has no such file.
      const swap = at(name, "memory.swap.max");
      if (existsSync(swap)) writeFileSync(swap, memoryBytes > 0 ? "0" : "max");
      const quota = cpu > 0 ? String(Math.max(1_000, Math.round(cpu * periodUs))) : "max";
      writeFileSync(at(name, "cpu.max"), `${quota} ${periodUs}`);
      writeFileSync(at(name, "pids.max"), String(maxProcesses));
    },
    place: (name, pid) => writeFileSync(at(name, "cgroup.procs"), String(pid)),
    members: (name) => numbersIn(at(name, "cgroup.procs")),
    usage(name) {
      const cpu = readKeys(at(name, "cpu.stat"));
      const memory = readIfThere(at(name, "memory.current"));
      if (!cpu || memory === null) return null;
      const cache = readKeys(at(name, "memory.stat"))?.get("inactive_file") ?? 0;
      return {
        cpuSeconds: (cpu.get("usage_usec") ?? 0) / 1e6,
        memoryBytes: Math.max(0, Number(memory) - cache),
        outOfMemoryKills: readKeys(at(name, "memory.events"))?.get("oom_kill") ?? 0,
      };
    },
    remove: (name) => removeGroup(at(name)),
  };
}

/** Version 1: a tree per controller. */
function legacy(): ControlGroups | null {
  const controllers = ["memory", "cpu", "cpuacct", "pids"];
  if (!controllers.every((controller) => existsSync(join(mount, controller, "cgroup.procs")))) return null;
  const at = (controller: string, name: string, file = "") => join(mount, controller, "rostrum", name, file);
  return {
    version: "v1",
    setLimits(name, { cpu, memoryBytes }) {
      for (const controller of controllers) mkdirSync(at(controller, name), { recursive: true });
      setLegacyMemory(at("memory", name), memoryBytes);
      writeFileSync(at("cpu", name, "cpu.cfs_period_us"), String(periodUs));
      const quota = cpu > 0 ? Math.max(1_000, Math.round(cpu * periodUs)) : -1;
      writeFileSync(at("cpu", name, "cpu.cfs_quota_us"), String(quota));
      writeFileSync(at("pids", name, "pids.max"), String(maxProcesses));
    },
    place(name, pid) {
      for (const controller of controllers) {
        writeFileSync(at(controller, name, "cgroup.procs"), String(pid));
      }
    },
    members: (name) => numbersIn(at("memory", name, "cgroup.procs")),
    usage(name) {
      const cpu = readIfThere(at("cpuacct", name, "cpuacct.usage"));
      const memory = readIfThere(at("memory", name, "memory.usage_in_bytes"));
      if (cpu === null || memory === null) return null;
      const cache = readKeys(at("memory", name, "memory.stat"))?.get("total_inactive_file") ?? 0;
      return {
        cpuSeconds: Number(cpu) / 1e9,
        memoryBytes: Math.max(0, Number(memory) - cache),
        outOfMemoryKills: readKeys(at("memory", name, "memory.oom_control"))?.get("oom_kill") ?? 0,
      };
    },
    async remove(name) {
      for (const controller of controllers) await removeGroup(at(controller, name));
    },
  };
}

/** Memory and memory with swap bound each other: which one is written first depends on the direction. */
function setLegacyMemory(directory: string, memoryBytes: number): void {
  const value = String(memoryBytes > 0 ? memoryBytes : -1);
  const memory = join(directory, "memory.limit_in_bytes");
  const withSwap = join(directory, "memory.memsw.limit_in_bytes");
  if (!existsSync(withSwap)) {
    writeFileSync(memory, value);
    return;
  }
  const now = Number(readFileSync(withSwap, "utf8"));
  const grows = memoryBytes <= 0 || memoryBytes > now;
  for (const file of grows ? [withSwap, memory] : [memory, withSwap]) writeFileSync(file, value);
}

/** The kernel lets go of a group a moment after its last process has ended. */
async function removeGroup(directory: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      rmdirSync(directory);
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOENT") return;
      if (code !== "EBUSY" || attempt >= 40) throw error;
    }
    await sleep(50);
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    // The group is gone, or the kernel does not count this.
    return null;
  }
}

function readKeys(file: string): Map<string, number> | null {
  const text = readIfThere(file);
  if (text === null) return null;
  return new Map(
    text.split("\n").map((line): [string, number] => {
      const [key = "", value] = line.split(" ");
      return [key, Number(value)];
    }),
  );
}

function numbersIn(file: string): number[] {
  const text = readIfThere(file);
  return text ? text.split("\n").map(Number) : [];
}

/** Names of the groups there are, for finding what no directory belongs to. */
export function listGroups(): string[] {
  const bases = [join(mount, "rostrum"), join(mount, "memory", "rostrum")].filter((base) => existsSync(base));
  return bases.flatMap((base) =>
    readdirSync(base, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name),
  );
}
