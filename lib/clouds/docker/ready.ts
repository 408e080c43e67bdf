import { setTimeout as sleep } from "node:timers/promises";
import { formatDuration } from "@/lib/kernel/format";
import { type DesiredComponent, DriverError, usualWindowMs } from "../contract";
import type { DockerCloud } from "./engine";
import { tailOf } from "./logs";
import { type Inspected, inspectContainer } from "./own";
import { firstPort, probeReplica, probeTcp, type Reach } from "./probe-replica";
import { durationMs } from "./spec";

const pollEveryMs = 250;
const aliveMs = 1_000;
const defaultGraceMs = 60_000;
/** However long a health check may take by its own numbers. */
const maxGraceMs = 60 * 60_000;
const portMs = 2_000;
/** How long an undeclared port may stay silent before it is taken for unused. */
const silentPortMs = 15_000;

export interface ReadyTarget extends Reach {
  name: string;
  desired: DesiredComponent;
}

/**
 * Waits until a started container is ready and stays so: healthy by its own health check and by the component's, else its
 * first port answers, else it lived for a second, without a break for its window after its latest start. A permanent
 * DriverError with its last log lines when it exits early or does not get ready within its grace.
 */
export async function waitReady(
  cloud: DockerCloud,
  target: ReadyTarget,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = Date.now();
  const deadline = startedAt + graceMs(target);
  const windowMs = target.desired.health?.windowMs ?? usualWindowMs;
  let reason = "not started";
  /** Since when it passes without a break, and the start that counts for; 0 while it does not. */
  let passingSince = 0;
  let start = "";
  while (passingSince > 0 || Date.now() < deadline) {
    const container = await inspectContainer(cloud, target.name, { signal });
    if (!container) throw new DriverError("retryable", `The container ${target.name} disappeared.`);
    if (!container.State.Running) throw await earlyExit(cloud, container);
    const answer = await judge(cloud, target, container, Date.now() - startedAt, signal);
    if (answer === "silent") {
      log(
        `${target.name} is running, but port ${firstPort(target.plan)} does not respond (no health check requires it)`,
      );
      return;
    }
    if (answer === "ready") {
      if (passingSince === 0 || container.State.StartedAt !== start) passingSince = Date.now();
      start = container.State.StartedAt;
      if (Date.now() - passingSince >= windowMs) return;
    } else {
      passingSince = 0;
      reason = answer.waiting;
    }
    await sleep(pollEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new DriverError("retryable", `Interrupted while waiting for ${target.name}.`);
  }
  const waited = formatDuration(deadline - startedAt);
  throw new DriverError(
    "permanent",
    `The container ${target.name} was not ready within ${waited}: ${reason}.${await lastLines(cloud, target.name)}`,
    {
      hint: "Check the component’s log. If it only needs more time, increase its health check’s grace period.",
    },
  );
}

/**
 * Waits until a container that is started again is up: healthy by its own check, or alive for a second.
 * Whether the component answers is for its monitoring to say: its desired state is not known here.
 */
export async function waitRunning(cloud: DockerCloud, name: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + defaultGraceMs;
  while (Date.now() < deadline) {
    const container = await inspectContainer(cloud, name, { signal });
    if (!container) throw new DriverError("retryable", `The container ${name} disappeared.`);
    if (!container.State.Running) throw await earlyExit(cloud, container);
    const health = container.State.Health?.Status ?? "none";
    const aliveForMs = Date.now() - Date.parse(container.State.StartedAt);
    if (health === "healthy" || (health === "none" && aliveForMs >= aliveMs)) return;
    await sleep(pollEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new DriverError("retryable", `Interrupted while waiting for ${name}.`);
  }
  throw new DriverError(
    "permanent",
    `The container ${name} is running, but not healthy.${await lastLines(cloud, name)}`,
  );
}

function graceMs(target: ReadyTarget): number {
  const check = target.plan.spec.healthcheck;
  const statedMs = target.desired.health?.graceMs ?? defaultGraceMs;
  if (!check) return Math.min(statedMs, maxGraceMs);
  const perTryMs = (durationMs(check.interval) ?? 30_000) + (durationMs(check.timeout) ?? 30_000);
  const ownMs = (durationMs(check.start_period) ?? 0) + perTryMs * (check.retries ?? 3);
  return Math.min(Math.max(ownMs, statedMs), maxGraceMs);
}

type Answer = "ready" | "silent" | { waiting: string };

async function judge(
  cloud: DockerCloud,
  target: ReadyTarget,
  container: Inspected,
  waitedMs: number,
  signal: AbortSignal,
): Promise<Answer> {
  const health = container.State.Health;
  const hasOwn = health !== null && health !== undefined && health.Status !== "none";
  if (hasOwn && health.Status !== "healthy") {
    const said = health.Log?.at(-1)?.Output.trim().slice(0, 300);
    return { waiting: `health check: ${health.Status}${said ? ` (${said})` : ""}` };
  }
  const check = target.desired.health;
  if (check) {
    const problem = await probeReplica(cloud, container, check, target, signal);
    return problem === null ? "ready" : { waiting: problem };
  }
  if (hasOwn) return "ready";
  if (Date.now() - Date.parse(container.State.StartedAt) < aliveMs && waitedMs < aliveMs) {
    return { waiting: "just started" };
  }
  const port = firstPort(target.plan);
  if (port === undefined) return "ready";
  const problem = await probeTcp(cloud, container, port, target, portMs);
  if (problem === null) return "ready";
  return waitedMs > silentPortMs ? "silent" : { waiting: `port ${port} does not respond` };
}

async function earlyExit(cloud: DockerCloud, container: Inspected): Promise<DriverError> {
  const lines = await lastLines(cloud, container.name);
  const message = `The container ${container.name} exited immediately: ${exitReason(container)}.${lines}`;
  return new DriverError("permanent", message, {
    hint: "Check the component’s log, command, environment and memory limit.",
  });
}

/** Why a container does not run, in words. */
export function exitReason(container: Inspected): string {
  const { State } = container;
  if (State.OOMKilled) return `killed, out of memory (exit code ${State.ExitCode})`;
  const said = State.Error ? ` (${State.Error.slice(0, 300)})` : "";
  return `exit code ${State.ExitCode}${said}`;
}

async function lastLines(cloud: DockerCloud, name: string): Promise<string> {
  const lines = await tailOf(cloud, name, 15);
  return lines.length > 0 ? ` Last log lines:\n${lines.join("\n")}` : " The log is empty.";
}
