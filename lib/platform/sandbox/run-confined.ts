import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type ChildResult, ChildStartError, type RunChildOptions, runChild } from "../exec/child";
import { childrenOf } from "../exec/process-table";
import { confine } from "./confine";
import { shieldedDescriptors } from "./descriptors";
import { environmentScript, launcherEnvironment } from "./environment";
import type { SandboxTools } from "./find-isolation";
import { environmentFd, gateFd, statusFd } from "./start-scripts";
import type { SandboxSpec } from "./types";

const startMs = 15_000;

/** Puts a process where it is limited and counted, before it runs anything that was not vouched for. */
export type Place = (pid: number) => void;

type ConfinedOptions = Omit<RunChildOptions, "cwd" | "uid" | "gid" | "extraStdio" | "onStart">;

/**
 * Runs a program to its end, confined; see `runChild` for the rest. It ends with the process that started it where the
 * tool can see to that. @throws ChildStartError when it cannot be started
 */
export async function runConfined(
  tools: SandboxTools,
  spec: SandboxSpec,
  command: readonly string[],
  options: ConfinedOptions,
  place: Place,
): Promise<ChildResult> {
  const confined = confine(tools, { ...spec, diesWithParent: true }, command, false);
  const given = handOver(tools, options.environment);
  const filter = tools.filter?.open();
  try {
    return await runChild(confined.command, {
      ...options,
      environment: given.environment,
      cwd: confined.cwd,
      uid: confined.identity?.uid,
      gid: confined.identity?.gid,
      extraStdio: ["pipe", "ignore", filter ?? "ignore", given.stream, ...shieldedDescriptors()],
      onStart: (child) => {
        given.write(child);
        openGate(child, place);
      },
    });
  } finally {
    if (filter !== undefined) closeSync(filter);
  }
}

export interface StartedProcess {
  /** The process that was spawned. Where there are namespaces it only waits for what runs in them. */
  keeper: number;
  /** The program itself; null when it ended before it could be found. */
  main: number | null;
}

/**
 * Starts a program that outlives this process, confined, in a session of its own, with its output to `output`. Returns
 * once it was started. @throws ChildStartError when it cannot be started
 */
export async function startConfined(
  tools: SandboxTools,
  spec: SandboxSpec,
  command: readonly string[],
  { environment, output, place }: { environment: Record<string, string>; output: number; place: Place },
): Promise<StartedProcess> {
  const confined = confine(tools, { ...spec, diesWithParent: false }, command, true);
  const given = handOver(tools, environment);
  const filter = tools.filter?.open();
  const [program = "", ...args] = confined.command;
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      cwd: confined.cwd,
      env: given.environment as NodeJS.ProcessEnv,
      ...(confined.identity ?? {}),
      detached: true,
      stdio: [
        ...(["ignore", output, output, "pipe", "pipe", filter ?? "ignore", given.stream] as const),
        ...shieldedDescriptors(),
      ],
    });
  } finally {
    if (filter !== undefined) closeSync(filter);
  }
  if (child.pid === undefined) {
    const [error] = (await once(child, "error")) as [NodeJS.ErrnoException];
    throw new ChildStartError(program, error);
  }
  child.on("error", () => undefined);
  child.unref();
  const status = child.stdio[statusFd] as Readable;
  given.write(child);
  openGate(child, place);
  try {
    if (!confined.notifies) return { keeper: child.pid, main: child.pid };
    await waitForStart(status);
    return { keeper: child.pid, main: findMain(child.pid) };
  } finally {
    status.destroy();
  }
}

/**
 * How a program gets its environment: by a pipe where walls are built around it first, and directly where it has a user of
 * its own before anything is started, or no walls at all.
 */
function handOver(tools: SandboxTools, environment: Record<string, string>) {
  if (tools.isolation.level !== "namespaces") {
    return { environment, stream: "ignore" as const, write: () => undefined };
  }
  return {
    environment: launcherEnvironment(environment),
    stream: "pipe" as const,
    write(child: ChildProcess) {
      // Its type ends at five streams.
      const stream = (child.stdio as readonly unknown[])[environmentFd] as Writable | undefined;
      // A child that has ended already has closed its side.
      stream?.on("error", () => undefined);
      stream?.end(environmentScript(environment));
    },
  };
}

function openGate(child: ChildProcess, place: Place): void {
  const gate = child.stdio[gateFd] as Writable;
  // A child that has ended already has closed its side.
  gate.on("error", () => undefined);
  try {
    if (child.pid !== undefined) place(child.pid);
    gate.end("\n");
  } catch (error) {
    gate.destroy();
    // It ended before it could be placed: its exit and its output say why.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Until process 1 inside says that the program runs, or nothing of it is left to say so. */
async function waitForStart(status: Readable): Promise<void> {
  status.on("error", () => undefined);
  status.resume();
  await Promise.race([
    once(status, "data"),
    once(status, "close"),
    sleep(startMs, undefined, { ref: false }),
  ]);
}

/** The program behind a keeper: the child of process 1 of its namespaces, which is the keeper's only child. */
export function findMain(keeper: number): number | null {
  const [first] = childrenOf(keeper);
  if (first === undefined) return null;
  return childrenOf(first)[0] ?? null;
}
