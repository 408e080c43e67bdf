import { basename } from "node:path";
import { findProgram } from "@/lib/platform/exec/find-program";
import { ensureReachableBinary, makePassable, pathHash } from "@/lib/platform/exec/reachable";
import { findIsolation, type Place, type SandboxTools } from "@/lib/platform/sandbox";
import type { ComponentRef, DriverHost } from "../contract";
import { type ControlGroups, findControlGroups } from "./cgroups";
import type { MachineConfig } from "./config";
import type { Owner } from "./files";
import { type ComponentPaths, chooseRoot, pathsOf } from "./layout";
import { PortBook } from "./ports";
import { UidBook } from "./uids";

/** One open machine cloud: where it writes and what the host lets it do. Holds no state of components. */
export interface Machine {
  config: MachineConfig;
  host: DriverHost;
  root: string;
  locks: string;
  /** Tells this cloud's processes from another Rostrum's on the same host. */
  cloudMark: string;
  groups: ControlGroups | null;
  /** How components are confined here. */
  sandbox: SandboxTools;
  ports: PortBook;
  /** Null where components run as Rostrum's own user. */
  uids: UidBook | null;
  /** Address for probes and neighbours on this host. */
  localHost: string;
}

export function openMachine(config: MachineConfig, host: DriverHost): Machine {
  const separateUsers = process.getuid?.() === 0;
  const root = chooseRoot(host.dataDir, separateUsers);
  if (root !== host.dataDir)
    host.log("info", `Components cannot enter ${host.dataDir}; they live in ${root}`);
  makePassable(host.runtimeDir);
  const wildcard = config.bind === "0.0.0.0" || config.bind === "::";
  return {
    config,
    host,
    root,
    locks: `${root}/locks`,
    cloudMark: pathHash(root),
    groups: findControlGroups(),
    sandbox: findIsolation(host.runtimeDir),
    ports: new PortBook(`${root}/ports`, config.bind, config.portRange),
    uids: separateUsers ? new UidBook(root, config.uidRange) : null,
    localHost: wildcard ? "127.0.0.1" : config.bind,
  };
}

export function pathsIn(machine: Machine, ref: ComponentRef): ComponentPaths {
  return pathsOf(machine.root, ref);
}

/** Name of a component's control group. */
export function groupName(machine: Pick<Machine, "cloudMark">, ref: ComponentRef): string {
  return `${machine.cloudMark}.${ref.environmentId}.${ref.component}`;
}

/** Puts a process into the control group of its component, where there are groups. */
export function placer({ groups, ...machine }: Machine, ref: ComponentRef): Place {
  return (pid) => groups?.place(groupName(machine, ref), pid);
}

/** `environment id/component`, as it stands in the environment of every process of the component. */
export const refVariable = "ROSTRUM_REF";

/** A copy of, or the path to, a program that the owner can execute. */
export function reachableProgram(machine: Machine, file: string, owner: Owner | null): string {
  if (!owner) return file;
  return ensureReachableBinary(file, { ...owner, directory: machine.host.runtimeDir });
}

/** The file of Node itself, whichever program runs this code. */
export function nodeProgram(): string {
  return basename(process.execPath).startsWith("node")
    ? process.execPath
    : (findProgram("node") ?? process.execPath);
}
