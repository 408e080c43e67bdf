import { lstatSync, readdirSync, readFileSync, readlinkSync, statfsSync } from "node:fs";
import { join } from "node:path";

const sharedFolders = ["/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock", "/var/crash"];

export interface HostProcess {
  pid: number;
  uid: number;
  state: string;
  command: string;
  environment: string;
}

/** All processes of the host, zombies too, as far as they can be seen. */
export function hostProcesses(): HostProcess[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const status = text(`/proc/${name}/status`);
    const uid = /^Uid:\s+(\d+)/m.exec(status)?.[1];
    if (uid === undefined) return [];
    return [
      {
        pid: Number(name),
        uid: Number(uid),
        state: /^State:\s+(\S)/m.exec(status)?.[1] ?? "?",
        command:
          text(`/proc/${name}/cmdline`).replaceAll("\0", " ").trim() ||
          (/^Name:\s+(.*)$/m.exec(status)?.[1] ?? ""),
        environment: text(`/proc/${name}/environ`),
      },
    ];
  });
}

/** Files in the folders everybody may write to that name the token or belong to someone it is asked about. */
export function droppings(token: string, isTheirs: (uid: number) => boolean): string[] {
  return sharedFolders.flatMap((folder) =>
    list(folder).flatMap((name) => {
      const path = join(folder, name);
      const facts = lstatSync(path, { throwIfNoEntry: false });
      if (!facts) return [];
      return name.includes(token) || isTheirs(facts.uid) ? [`file ${path}`] : [];
    }),
  );
}

/** Control groups, network namespaces and mounts that name something. */
export function kernelTraces(name: string): string[] {
  const groups = groupsNamed("/sys/fs/cgroup", name, 0);
  const namespaces = list("/run/netns").filter((one) => one.includes(name));
  const mounts = text("/proc/self/mounts")
    .split("\n")
    .filter((line) => line.includes(name));
  return [
    ...groups.map((path) => `control group ${path}`),
    ...namespaces.map((one) => `network namespace ${one}`),
    ...mounts.map((line) => `mount ${line}`),
  ];
}

function groupsNamed(folder: string, name: string, level: number): string[] {
  if (level > 5) return [];
  return list(folder).flatMap((entry) => {
    const path = join(folder, entry);
    if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return [];
    return entry.includes(name) ? [path] : groupsNamed(path, name, level + 1);
  });
}

export interface HostFigures {
  processes: number;
  freeBytes: number;
  sharedMemoryBytes: number;
  /** Names of interfaces, network namespaces and mounts, as far as no container engine beside the tests made them. */
  names: string[];
}

/** Figures of the host that must be the same before and after. */
export function hostFigures(folder: string): HostFigures {
  const mounts = text("/proc/self/mounts").split("\n").filter(Boolean);
  const all = [
    ...list("/sys/class/net").map((name) => `interface ${name}`),
    ...list("/run/netns").map((name) => `network namespace ${name}`),
    ...mounts.map((line) => `mount ${line.split(" ")[1]}`),
  ];
  return {
    processes: hostProcesses().length,
    freeBytes: freeBytes(folder),
    sharedMemoryBytes: usedBytes("/dev/shm"),
    names: all.filter(
      (name) => !/docker|containerd|interface (veth|br-|rs[0-9a-f]{6}\.)|rostrum_[0-9a-f]+_/.test(name),
    ),
  };
}

export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

export function usedBytes(folder: string): number {
  try {
    const { blocks, bfree, bsize } = statfsSync(folder);
    return (blocks - bfree) * bsize;
  } catch {
    // There is no such file system on this machine.
    return 0;
  }
}

/** Inode numbers of this process's namespaces, by kind. */
export function ownNamespaces(): Record<string, string> {
  return Object.fromEntries(list("/proc/self/ns").map((kind) => [kind, linkTarget(`/proc/self/ns/${kind}`)]));
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // It ended or went away between the two looks, or is another user's.
    return "";
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
