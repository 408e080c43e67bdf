import { basename } from "node:path";
import { findProgram } from "@/lib/platform/exec/find-program";
import { ensureReachableBinary, makePassable, pathHash } from "@/lib/platform/exec/reachable";
import { findIsolation, type Place, type SandboxTools } from "@/lib/platform/sandbox";
import type { ComponentRef, DriverHost } from "../contract";
import type { MachineConfig } from "./config";
import type { Owner } from "./data/files";
import { type ControlGroups, findControlGroups } from "./isolation/cgroups";
import { UidBook } from "./isolation/uids";
import { type ComponentPaths, chooseRoot, pathsOf } from "./layout";
import { findNetworks, ledHost, type NetworkOwner, type Networks } from "./network";
import { PortBook } from "./processes/ports";

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
  /** A network of its own for each environment; null, with the reason, where all share the host's. */
  networks: Networks | null;
  networkReason: string | null;
  /** Where this host reaches components. */
  localHost: string;
  /** Where components of one environment reach each other. */
  neighborHost: string;
  /** The host that people's links carry. */
  linkHost: string;
}

/** `sandbox`: how components are confined, as a rule the best that this host can do. */
export async function openMachine(
  config: MachineConfig,
  host: DriverHost,
  sandbox: SandboxTools = findIsolation(host.runtimeDir),
): Promise<Machine> {
  const separateUsers = process.getuid?.() === 0;
  const root = chooseRoot(host.dataDir, separateUsers);
  if (root !== host.dataDir) host.log("info", `Components can’t access ${host.dataDir}; using ${root}`);
  makePassable(host.runtimeDir);
  const cloudMark = pathHash(root);
  const owner = { root, locks: `${root}/locks`, mark: cloudMark, bind: config.bind };
  const { networks, reason } = await networksFor(owner, sandbox);
  sayIsolation(host, sandbox, reason);
  return {
    config,
    host,
    root,
    locks: `${root}/locks`,
    cloudMark,
    groups: findControlGroups(),
    sandbox,
    networks,
    networkReason: reason,
    ports: new PortBook(`${root}/ports`, config.bind, config.portRange),
    uids: separateUsers ? new UidBook(root, config.uidRange) : null,
    ...hostsOf(config, networks !== null),
  };
}

/** Names by which components are reached: a network of their own is entered at an address of this host for that alone. */
function hostsOf({ bind, address }: MachineConfig, hasNetworks: boolean) {
  if (!hasNetworks) {
    const own = bind === "0.0.0.0" || bind === "::" ? "127.0.0.1" : bind;
    return { localHost: own, neighborHost: own, linkHost: address };
  }
  const isThisHost = address === "localhost" || address.startsWith("127.");
  return { localHost: ledHost, neighborHost: "127.0.0.1", linkHost: isThisHost ? ledHost : address };
}

function sayIsolation(host: DriverHost, { isolation }: SandboxTools, shared: string | null): void {
  const { level, tool, reason } = isolation;
  if (level === "namespaces") {
    const network = shared === null ? "isolated too" : `shared (${shared})`;
    host.log("info", `Components are isolated by ${tool}; their network is ${network}`);
  } else {
    const what = level === "none" ? "not isolated" : "isolated by separate users only";
    host.log("warn", `Components are ${what}: ${reason}`);
  }
}

const knownNetworks = new Map<string, ReturnType<typeof findNetworks>>();

/** Tried once per process and cloud: it makes a namespace and removes it. */
function networksFor(owner: NetworkOwner, sandbox: SandboxTools): ReturnType<typeof findNetworks> {
  const key = `${owner.root} ${owner.bind} ${sandbox.isolation.level}`;
  const known = knownNetworks.get(key);
  if (known) return known;
  const found = findNetworks(owner, sandbox);
  knownNetworks.set(key, found);
  // What could not be found out is tried again when the cloud is opened next.
  found.catch(() => knownNetworks.delete(key));
  return found;
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
