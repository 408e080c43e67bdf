import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { formatDuration } from "@/lib/kernel/format";
import { type ChildResult, ChildStartError, type RunChildOptions, runChild } from "../exec/child";
import { childrenOf } from "../exec/process-table";
import { type ConfinedCommand, confine } from "./confine";
import { shieldedDescriptors } from "./descriptors";
import { environmentScript, launcherEnvironment } from "./environment";
import type { SandboxTools } from "./find-isolation";
import { environmentFd, gateFd, statusFd } from "./start-scripts";
import type { SandboxSpec } from "./types";

const answerMs = 60_000;

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
  const confined = confine(tools, { ...spec, diesWithParent: true }, command);
  const given = handOver(options.environment);
  const filter = tools.filter?.open();
  let entered: Promise<unknown> | undefined;
  try {
    const result = await runChild(confined.command, {
      ...options,
      environment: given.environment,
      cwd: confined.cwd,
      uid: confined.identity?.uid,
      gid: confined.identity?.gid,
      extraStdio: ["pipe", "pipe", filter ?? "ignore", given.stream, ...shieldedDescriptors()],
      onStart: (child) => {
        given.write(child);
        entered = enter(child, confined, place);
        // Told below, once the child has ended.
        entered.catch(() => undefined);
      },
    });
    await entered;
    return result;
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
  const confined = confine(tools, { ...spec, diesWithParent: false }, command);
  const given = handOver(environment);
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
  given.write(child);
  const main = await enter(child, confined, place);
  return { keeper: child.pid, main };
}

/**
 * How a program gets its environment: by a pipe. What stands before it, the sandbox's programs or a shell that waits at the
 * gate, has Rostrum's own.
 */
function handOver(environment: Record<string, string>) {
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

/**
 * Places what was spawned, when its walls stand, and opens its gate. Answers which process becomes the program; null when
 * it ended before: its exit and its output say why. @throws Error when the walls do not come to stand, or it cannot be placed
 */
async function enter(
  child: ChildProcess,
  { isWalled }: ConfinedCommand,
  place: Place,
): Promise<number | null> {
  const gate = child.stdio[gateFd] as Writable;
  // A child that has ended already has closed its side.
  gate.on("error", () => undefined);
  try {
    const { pid } = child;
    const stands = isWalled ? await saysSomething(child.stdio[statusFd] as Readable) : true;
    if (!stands || pid === undefined) {
      gate.destroy();
      return null;
    }
    const main = isWalled ? findMain(pid) : pid;
    for (const one of treeOf(pid)) place(one);
    gate.end("\n");
    return main;
  } catch (error) {
    gate.destroy();
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    return null;
  }
}

/** A process and all that descend from it. */
function treeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

/** False when nothing is left that could. @throws Error when time is up */
async function saysSomething(status: Readable): Promise<boolean> {
  status.on("error", () => undefined);
  if (status.closed) return false;
  const done = new AbortController();
  const { signal } = done;
  try {
    return await Promise.race([
      once(status, "data", { signal }).then(() => true),
      once(status, "close", { signal }).then(() => false),
      sleep(answerMs, undefined, { signal, ref: false }).then(() => {
        throw new Error(`Sandbox setup timed out after ${formatDuration(answerMs)}`);
      }),
    ]);
  } finally {
    done.abort();
    status.destroy();
  }
}

/** The program behind a keeper: the child of process 1 of its namespaces, which is the keeper's only child. */
export function findMain(keeper: number): number | null {
  const [first] = childrenOf(keeper);
  if (first === undefined) return null;
  return childrenOf(first)[0] ?? null;
}
