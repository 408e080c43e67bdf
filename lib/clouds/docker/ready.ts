import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { requestComponent } from "@/lib/platform/outgoing";
import { type DesiredComponent, DriverError, type HealthCheckSpec } from "../contract";
import type { DockerCloud } from "./engine";
import { execInContainer } from "./exec";
import { tailOf } from "./logs";
import { type Inspected, inspectContainer } from "./own";
import { type ContainerPlan, durationMs } from "./spec";

const pollEveryMs = 250;
const aliveMs = 1_000;
const defaultGraceMs = 60_000;
/** However long a health check may take by its own numbers. */
const maxGraceMs = 60 * 60_000;
/** How long an undeclared port may stay silent before it is taken for unused. */
const silentPortMs = 15_000;

export interface ReadyTarget {
  name: string;
  desired: DesiredComponent;
  plan: ContainerPlan;
  /** Where its ports are published; null for a replica behind a balancer. */
  external: { host: string; ports: Record<string, number> } | null;
}

/**
 * Waits until a started container is ready: healthy by its own health check, else by the component's probe,
 * else its first port answers, else it lived for a second. A permanent DriverError with its last log lines when it exits
 * early or does not get ready within its grace.
 */
export async function waitReady(
  cloud: DockerCloud,
  target: ReadyTarget,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = Date.now();
  const deadline = startedAt + graceMs(target);
  let reason = "it has not started";
  while (Date.now() < deadline) {
    const container = await inspectContainer(cloud, target.name, { signal });
    if (!container) throw new DriverError("retryable", `The container ${target.name} disappeared.`);
    if (!container.State.Running) throw await earlyExit(cloud, container);
    const answer = await judge(cloud, target, container, Date.now() - startedAt, signal);
    if (answer === "ready") return;
    if (answer === "silent") {
      log(
        `${target.name} runs, but its port ${firstPort(target)} does not answer (no health check says it must)`,
      );
      return;
    }
    reason = answer.waiting;
    await sleep(pollEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted)
      throw new DriverError("retryable", `Stopped on request while waiting for ${target.name}.`);
  }
  const seconds = Math.round((deadline - startedAt) / 1000);
  throw new DriverError(
    "permanent",
    `The container ${target.name} was not ready within ${seconds} s: ${reason}.${await lastLines(cloud, target.name)}`,
    { hint: "Look at its log; give it a longer grace when it only needs more time." },
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
    if (signal.aborted) throw new DriverError("retryable", `Stopped on request while waiting for ${name}.`);
  }
  throw new DriverError(
    "permanent",
    `The container ${name} runs, but is not healthy.${await lastLines(cloud, name)}`,
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
  if (health && health.Status !== "none") {
    if (health.Status === "healthy") return "ready";
    const said = health.Log?.at(-1)?.Output.trim().slice(0, 300);
    return { waiting: `its health check says ${health.Status}${said ? ` (${said})` : ""}` };
  }
  const probe = target.desired.health;
  if (probe?.probe.type === "exec") return runProbe(cloud, target, probe, probe.probe.command, signal);
  if (Date.now() - Date.parse(container.State.StartedAt) < aliveMs && waitedMs < aliveMs) {
    return { waiting: "it has just started" };
  }
  const port = probe?.port ?? firstPort(target);
  const hostPort = target.external?.ports[String(port)];
  if (!target.external || hostPort === undefined) return "ready";
  if (probe?.probe.type === "http") {
    const at = { host: target.external.host, port: hostPort, path: probe.probe.path };
    return probeHttp(at, probe.timeoutMs, signal);
  }
  if (await portAnswers(target.external.host, hostPort, probe?.timeoutMs ?? 2_000)) return "ready";
  return !probe && waitedMs > silentPortMs ? "silent" : { waiting: `its port ${port} does not answer` };
}

function firstPort(target: ReadyTarget): number | undefined {
  return target.plan.ports.find((entry) => entry.protocol === "tcp")?.port;
}

async function runProbe(
  cloud: DockerCloud,
  target: ReadyTarget,
  health: HealthCheckSpec,
  command: string[],
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const result = await execInContainer(cloud, target.name, {
      command,
      timeoutMs: health.timeoutMs,
      signal,
    });
    if (result.exitCode === 0) return "ready";
    const said = (result.stderr || result.stdout).trim().slice(0, 300);
    return { waiting: `its probe exits with ${result.exitCode}${said ? ` (${said})` : ""}` };
  } catch (error) {
    // A container that dies under the probe is told by the next inspection, a slow probe by the next try.
    return { waiting: error instanceof Error ? error.message : String(error) };
  }
}

async function probeHttp(
  at: { host: string; port: number; path: string },
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Answer> {
  const place = `${at.host}:${at.port}${at.path}`;
  try {
    const { status } = await requestComponent(at, { timeoutMs, signal });
    return status < 400 ? "ready" : { waiting: `${place} answers ${status}` };
  } catch {
    // Refused or late is the ordinary answer of something that is still starting.
    return { waiting: `${place} does not answer` };
  }
}

/**
 * Does something listen behind a published port? Docker's own proxy accepts every connection and hangs up at
 * once when nobody listens inside, so a connection counts only when it stays open for a moment.
 */
function portAnswers(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const finish = (answers: boolean) => {
      clearTimeout(limit);
      socket.destroy();
      resolve(answers);
    };
    const limit = setTimeout(() => finish(false), timeoutMs);
    socket.once("error", () => finish(false));
    socket.once("close", () => finish(false));
    socket.once("data", () => finish(true));
    socket.once("connect", () => setTimeout(() => finish(true), 150));
  });
}

async function earlyExit(cloud: DockerCloud, container: Inspected): Promise<DriverError> {
  const lines = await lastLines(cloud, container.name);
  const message = `The container ${container.name} ended at once: ${exitReason(container)}.${lines}`;
  return new DriverError("permanent", message, {
    hint: "Look at its log; check its command, its environment and its memory limit.",
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
  return lines.length > 0 ? ` Its last words:\n${lines.join("\n")}` : " It wrote nothing to its log.";
}
