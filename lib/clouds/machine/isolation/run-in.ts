import { existsSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { fillPlaceholders } from "@/lib/kernel/placeholders";
import type { ChildResult } from "@/lib/platform/exec/child";
import { findProgram } from "@/lib/platform/exec/find-program";
import { ensureReachableTree } from "@/lib/platform/exec/reachable";
import { type Mount, programMounts } from "@/lib/platform/sandbox";
import { DriverError } from "../../contract";
import type { ComponentHandle, RunOptions } from "../component";
import { nodeProgram, reachableProgram } from "../machine";

/** Runs a command of the template as the component's processes run, in its directory and under its limits. */
export async function runInComponent(
  component: ComponentHandle,
  replica: string,
  { command, ...options }: RunOptions & { command: string[] },
): Promise<ChildResult> {
  const values = { ports: component.portsOf(replica), dir: component.releaseDir, volumes: component.volumes };
  const [name = "", ...args] = command.map((word) => fillPlaceholders(word, values));
  const { words, mounts } = resolveProgram(component, name);
  return await component.run([...words, ...args], { ...options, replica, mounts });
}

/**
 * The words that start a program: Node and npm are the ones Rostrum itself runs with, `./x` is a file of the component,
 * anything else is looked up on the host's PATH. @throws DriverError (permanent) when there is none.
 */
function resolveProgram(component: ComponentHandle, name: string): { words: string[]; mounts: Mount[] } {
  const { machine, record, releaseDir } = component;
  if (name === "node") return { words: [reachableProgram(machine, nodeProgram(), record.owner)], mounts: [] };
  if (name === "npm" || name === "npx") return npmCommand(component, name);
  if (name.startsWith("./")) {
    const file = resolve(releaseDir, name);
    if (file.startsWith(releaseDir + sep)) return { words: [file], mounts: [] };
  }
  const file = findProgram(name);
  if (!file) {
    throw new DriverError("permanent", `The program "${name}" was not found on this machine`, {
      hint: "Install it on the machine, or use another command in the template.",
    });
  }
  const reachable = reachableProgram(machine, file, record.owner);
  return { words: [reachable], mounts: programMounts(reachable) };
}

/** npm is a script beside Node's program; where the component's user cannot reach it, a copy is used. */
function npmCommand({ machine, record }: ComponentHandle, name: "npm" | "npx") {
  const node = reachableProgram(machine, nodeProgram(), record.owner);
  const beside = join(dirname(nodeProgram()), "..", "lib", "node_modules", "npm");
  const shared = "/usr/share/nodejs/npm";
  const found = [beside, shared].find((directory) => existsSync(join(directory, "bin", `${name}-cli.js`)));
  if (!found) throw new DriverError("permanent", `${name} was not found next to Node.js`);
  const script = join("bin", `${name}-cli.js`);
  const target = record.owner && { ...record.owner, directory: machine.host.runtimeDir };
  const directory = target ? ensureReachableTree(found, target, script) : found;
  return { words: [node, join(directory, script)], mounts: [{ source: directory }] };
}
