import { findProgram } from "@/lib/platform/exec/find-program";
import type { DesiredComponent, Problem } from "../contract";
import type { Machine } from "./machine";
import { runtimeFor } from "./runtimes";
import { judgeGitAddress } from "./sources/git-address";
import { foreignPlaceholders, readSpec } from "./spec";

/** What this machine cannot do of a desired component, in words for the person who asks for it. */
export function validateDesired(machine: Machine, desired: DesiredComponent): Problem[] {
  if (desired.kind !== "process") {
    return [{ path: "kind", message: `this cloud runs processes, not "${desired.kind}"` }];
  }
  const parsed = readSpec(desired);
  if (!parsed.success) {
    return parsed.error.issues.map((issue) => ({
      path: ["process", ...issue.path].join("."),
      message: issue.message,
    }));
  }
  const spec = parsed.data;
  const runtime = runtimeFor(spec.program);
  const problems = runtime.validate(machine, spec);
  const add = (path: string, message: string) => problems.push({ path, message });
  if (new Set(spec.ports).size !== spec.ports.length) add("process.ports", "duplicate port");
  for (const word of foreignPlaceholders(spec))
    add("process", `${word} uses a port or volume that isn’t defined`);
  if (!Number.isInteger(desired.replicas) || desired.replicas < 1)
    add("replicas", "expected a whole number of 1 or more");
  if (desired.replicas > 1 && !runtime.scalable) add("replicas", `${spec.program} doesn’t support replicas`);
  if (desired.replicas > 50) add("replicas", "a machine runs at most 50 replicas of a component");
  judgeArchive(machine, spec.archive, add);
  for (const [index, command] of spec.prepare.entries()) {
    const [name = ""] = command;
    if (["node", "npm", "npx"].includes(name) || name.startsWith("./")) continue;
    const path = `process.prepare.${index}`;
    if (!findProgram(name)) add(path, `the program "${name}" is not installed on this machine`);
    else if (!machine.config.allowPrograms.includes(name)) {
      add(path, `this cloud doesn’t allow the program "${name}"`);
    }
  }
  return problems;
}

function judgeArchive(
  machine: Machine,
  archive: { git: string; ref?: string | undefined } | { upload: string } | null | undefined,
  add: (path: string, message: string) => void,
): void {
  if (!archive || !("git" in archive)) return;
  const problem = judgeGitAddress(archive.git, archive.ref, machine.config.allowFileGit);
  if (problem) add("process.archive", problem);
  if (!findProgram("git")) add("process.archive", "git is not installed on this machine");
}
