import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { programPath } from "@/lib/platform/exec/find-program";
import { isSystemPath, type Mount, programMounts, type SandboxSpec } from "@/lib/platform/sandbox";
import type { ComponentHandle } from "../component";
import { type Owner, writeIfOther } from "../data/files";
import { type Machine, nodeProgram, reachableProgram } from "../machine";

const mebibyte = 2 ** 20;
const maxProcesses = 1_024;
/** A component's log is a file it writes, and is cut only above this. */
const leastFileBytes = 64 * mebibyte;

/** What a command of a component sees beside the system, and whether it may use the network. */
export interface Scope {
  mounts: readonly Mount[];
  cwd: string;
  network: "component" | "host" | "none";
}

/** How a command of a component is confined. Writes its user database first: names are looked up in files. */
export function confinementOf(component: ComponentHandle, scope: Scope): SandboxSpec {
  const { machine, record, ref, paths } = component;
  const { memoryBytes, storageBytes } = record.desired.size;
  const network = scope.network === "component" ? component.network : scope.network;
  return {
    identity: record.owner,
    hostname: ref.component.slice(0, 63),
    mounts: [...userDatabase(paths.config, record.owner), ...scope.mounts],
    hidden: hiddenPaths(machine),
    temporaryBytes: share(memoryBytes, 4, 256),
    sharedMemoryBytes: share(memoryBytes, 4, 64),
    network,
    processes: maxProcesses,
    fileBytes: storageBytes > 0 ? Math.max(storageBytes, leastFileBytes) : null,
    cwd: scope.cwd,
    diesWithParent: false,
  };
}

/** A part of the memory a component has; so many MiB where it has no limit. At least 16 MiB, at most 1 GiB. */
function share(memoryBytes: number, part: number, withoutLimitMiB: number): number {
  if (memoryBytes <= 0) return withoutLimitMiB * mebibyte;
  return Math.min(1_024, Math.max(16, Math.floor(memoryBytes / part / mebibyte))) * mebibyte;
}

/** What Rostrum keeps for itself, where it lies inside a directory that every program sees. */
function hiddenPaths({ host, root }: Machine): string[] {
  return [...new Set([process.cwd(), host.dataDir, host.runtimeDir, root, homedir()])].filter(isSystemPath);
}

/** The component's own directories, which all its commands see: release, volumes, runtime files, settings. */
export function ownMounts(component: ComponentHandle): Mount[] {
  const { paths } = component;
  return [
    { source: component.releaseDir, writable: true },
    ...volumeMounts(component),
    { source: paths.run, writable: true },
    { source: paths.config },
    ...nodeMounts(component.machine, component.record.owner),
  ];
}

export function volumeMounts(component: ComponentHandle): Mount[] {
  return Object.values(component.volumes).map((source) => ({ source, writable: true }));
}

/** The Node that every component may start, by name and by npm's scripts. */
export function nodeMounts(machine: Machine, owner: Owner | null): Mount[] {
  return programMounts(reachableProgram(machine, nodeProgram(), owner));
}

/** Where commands of a component look for programs: what its sandbox shows of the host's own PATH, and Node. */
export function searchPath(machine: Machine, owner: Owner | null): string {
  const node = dirname(reachableProgram(machine, nodeProgram(), owner));
  const visible =
    machine.sandbox.isolation.level === "namespaces"
      ? programPath().split(":").filter(isSystemPath)
      : programPath().split(":");
  return [...new Set([...visible, node])].join(":");
}

/** Programs such as initdb and ssh insist on a name for their user. */
function userDatabase(config: string, owner: Owner | null): Mount[] {
  const { uid, gid } = owner ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const people = [
    "root:x:0:0:root:/:/usr/sbin/nologin",
    `component:x:${uid}:${gid}:component:/tmp:/bin/sh`,
    "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin",
  ];
  const groups = ["root:x:0:", `component:x:${gid}:`, "nogroup:x:65534:"];
  return Object.entries({ passwd: people, group: groups }).map(([name, lines]) => {
    const source = join(config, name);
    writeIfOther(source, `${lines.join("\n")}\n`, 0o644);
    return { source, target: `/etc/${name}` };
  });
}
