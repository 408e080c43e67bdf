import { existsSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { type ChildResult, type RunChildOptions, runChild } from "@/lib/platform/exec/child";
import { findProgram } from "@/lib/platform/exec/find-program";
import { ensureReachableTree } from "@/lib/platform/exec/reachable";
import { DriverError } from "../contract";
import type { ComponentHandle } from "./component";
import { groupName, nodeProgram, reachableProgram } from "./machine";
import { fillPlaceholders } from "./spec";

type InComponent = Omit<RunChildOptions, "cwd" | "environment" | "uid" | "gid"> & {
  command: string[];
  environment?: Record<string, string> | undefined;
};

/** Runs a command as the component's user, in its directory, with its environment and under its limits. */
export async function runInComponent(
  component: ComponentHandle,
  replica: string,
  { command, environment, ...options }: InComponent,
): Promise<ChildResult> {
  const { machine, record } = component;
  const values = { ports: component.portsOf(replica), dir: component.releaseDir, volumes: component.volumes };
  const [name = "", ...args] = command.map((word) => fillPlaceholders(word, values));
  const group = groupName(machine, component.ref);
  const { ROSTRUM_PROCESS: _slot, ...base } = component.environment(replica);
  return await runChild([...resolveProgram(component, name), ...args], {
    ...options,
    cwd: component.releaseDir,
    environment: { ...base, ...environment },
    uid: record.owner?.uid,
    gid: record.owner?.gid,
    onSpawn: (pid) => placeIfAlive(() => machine.groups?.place(group, pid)),
  });
}

function placeIfAlive(place: () => void): void {
  try {
    place();
  } catch (error) {
    // It was so short that it has ended already.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * The words that start a program: Node and npm are the ones Rostrum itself runs with, `./x` is a file of the component,
 * anything else is looked up on the host's PATH. @throws DriverError (permanent) when there is none.
 */
function resolveProgram(component: ComponentHandle, name: string): string[] {
  const { machine, record, releaseDir } = component;
  if (name === "node") return [reachableProgram(machine, nodeProgram(), record.owner)];
  if (name === "npm" || name === "npx") return npmCommand(component, name);
  if (name.startsWith("./")) {
    const file = resolve(releaseDir, name);
    if (file.startsWith(releaseDir + sep)) return [file];
  }
  const file = findProgram(name);
  if (!file) {
    throw new DriverError("permanent", `The program "${name}" was not found on this machine`, {
      hint: "Install it on the machine, or use another command in the template.",
    });
  }
  return [reachableProgram(machine, file, record.owner)];
}

/** npm is a script beside Node's program; where the component's user cannot reach it, a copy is used. */
function npmCommand({ machine, record }: ComponentHandle, name: "npm" | "npx"): string[] {
  const node = reachableProgram(machine, nodeProgram(), record.owner);
  const beside = join(dirname(nodeProgram()), "..", "lib", "node_modules", "npm");
  const shared = "/usr/share/nodejs/npm";
  const found = [beside, shared].find((directory) => existsSync(join(directory, "bin", `${name}-cli.js`)));
  if (!found) throw new DriverError("permanent", `${name} was not found beside Node`);
  const script = join("bin", `${name}-cli.js`);
  const target = record.owner && { ...record.owner, directory: machine.host.runtimeDir };
  const directory = target ? ensureReachableTree(found, target, script) : found;
  return [node, join(directory, script)];
}
