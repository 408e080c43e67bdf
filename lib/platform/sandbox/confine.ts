import { bubblewrapCommand } from "./bubblewrap";
import type { SandboxTools } from "./find-isolation";
import { gateScript, initScript, startScript, ulimitBlockBytes } from "./start-scripts";
import { systemMounts } from "./system-mounts";
import type { Identity, Mount, SandboxSpec } from "./types";
import { unshareCommand } from "./unshare";

/** A program as it is to be spawned: behind its namespaces, where there are any, and its gate. */
export interface ConfinedCommand {
  command: string[];
  /** To be given to spawn; absent where a word of the command changes the user. */
  identity: Identity | null;
  cwd: string;
  /** Whether walls are built first: then the status descriptor tells when they stand. */
  isWalled: boolean;
}

/** The words that run `command` confined. The first program of it must be an absolute path that the sandbox shows. */
export function confine(tools: SandboxTools, spec: SandboxSpec, command: readonly string[]): ConfinedCommand {
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const largest =
    spec.fileBytes === null ? "unlimited" : String(Math.ceil(spec.fileBytes / ulimitBlockBytes));
  const { change, identity } = becoming(tools, spec);
  if (tools.isolation.level !== "namespaces") {
    const bare =
      tools.setpriv === null ? [] : [tools.setpriv, "--no-new-privs", ...withoutCapabilities(tools)];
    const gate = ["/bin/sh", "-c", gateScript, "gate", largest];
    return { command: [...gate, ...change, ...bare, ...command], identity, cwd: spec.cwd, isWalled: false };
  }
  const init = ["/bin/sh", "-c", initScript, "init", largest, String(spec.processes)];
  const program = [...init, ...tools.defaultSignals, "/bin/sh", "-c", startScript, "start", ...command];
  const system = systemMounts();
  const full = { ...spec, mounts: uncovered(spec.mounts) };
  const walls = tools.bwrap
    ? bubblewrapCommand(tools.bwrap, full, system, tools.isolation.seccomp)
    : unshareCommand(required(tools.unshare), full, system, own);
  return { command: [...change, ...walls, ...program], identity, cwd: "/", isWalled: true };
}

/** How the program's user comes to be: by spawn, or by words where the network namespace must be entered as root first. */
function becoming(tools: SandboxTools, { identity, network }: SandboxSpec) {
  if (typeof network === "string" || identity === null) return { change: [], identity };
  const { uid, gid } = identity;
  const user = [
    required(tools.setpriv),
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--clear-groups",
    "--no-new-privs",
  ];
  return {
    change: [required(tools.nsenter), `--net=${network.namespace}`, "--", ...user],
    identity: null,
  };
}

function withoutCapabilities(tools: SandboxTools): string[] {
  // Only root may empty the bounding set; behind `no_new_privs` nothing of it can be got anyway.
  return tools.isRoot ? ["--inh-caps=-all"] : [];
}

/** The same mounts, each once: a later one of the same target wins. */
function uncovered(mounts: readonly Mount[]): Mount[] {
  const byTarget = new Map<string, Mount>();
  for (const mount of mounts) byTarget.set(mount.target ?? mount.source, mount);
  return [...byTarget.values()];
}

function required<T>(tool: T | null): T {
  if (tool === null) throw new Error("This host doesn’t support the requested sandbox");
  return tool;
}
