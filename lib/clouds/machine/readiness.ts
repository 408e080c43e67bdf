import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning } from "@/lib/platform/exec/process-table";
import { requestComponent } from "@/lib/platform/outgoing";
import { DriverError, type HealthCheckSpec } from "../contract";
import type { ComponentHandle } from "./component";
import { throwIfAborted } from "./errors";
import { tailText } from "./log-file";
import { groupName } from "./machine";
import { runInComponent } from "./run-in";
import { storageFailure } from "./storage-failure";

const settleMs = 1_000;
const usualGraceMs = 30_000;

/**
 * Waits until a replica serves: its health check passes, else its port answers, else it has lived for a second.
 * @throws DriverError (permanent) with the last lines of its log when it ends, (retryable) when time is up.
 */
export async function waitUntilReady(component: ComponentHandle, replica: string): Promise<void> {
  const { record } = component;
  const health = record.desired.health;
  const graceMs = Math.max(health?.graceMs ?? usualGraceMs, 5_000);
  const started = Date.now();
  const killsBefore = memoryKills(component);
  const endedEarly = () => describeEnd(component, replica, memoryKills(component) > killsBefore);
  for (let waitMs = 20; ; waitMs = Math.min(500, Math.round(waitMs * 1.5))) {
    throwIfAborted(component.signal);
    const entry = record.processes.find((one) => one.name === replica);
    if (!entry || !isRunning(entry)) throw endedEarly();
    if (await isUp(component, replica, health, Date.now() - started)) {
      // Its port may be another's; only a living process counts.
      if (!isRunning(entry)) throw endedEarly();
      return;
    }
    if (Date.now() - started > graceMs) throw notInTime(component, replica, graceMs);
    await sleep(waitMs);
  }
}

/** Waits until one of our own helpers listens on all the ports it holds. @throws DriverError as `waitUntilReady`. */
export async function waitUntilListening(component: ComponentHandle, name: string): Promise<void> {
  const entry = component.record.processes.find((one) => one.name === name);
  const until = Date.now() + usualGraceMs;
  for (const port of entry?.ports ?? []) {
    while (!(await portAnswers(component.machine.localHost, port))) {
      throwIfAborted(component.signal);
      if (!entry || !isRunning(entry)) throw describeEnd(component, name, false);
      if (Date.now() > until) throw notInTime(component, name, usualGraceMs);
      await sleep(20);
    }
  }
}

async function isUp(
  component: ComponentHandle,
  replica: string,
  health: HealthCheckSpec | null,
  elapsedMs: number,
): Promise<boolean> {
  const { runtime } = component;
  if (runtime.isReady && !(await runtime.isReady(component.launchInput(replica)))) return false;
  const ports = component.portsOf(replica);
  const port = ports[String(health?.port ?? component.spec.ports[0])];
  const host = component.probeHost;
  if (health?.probe.type === "http" && port) return await httpAnswers(host, port, health.probe.path, health);
  if (health?.probe.type === "exec") {
    const result = await runInComponent(component, replica, {
      command: health.probe.command,
      timeoutMs: health.timeoutMs,
      signal: component.signal,
    });
    return result.exitCode === 0;
  }
  if (port) return await portAnswers(host, port);
  return elapsedMs >= settleMs;
}

function portAnswers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (up: boolean) => {
      socket.destroy();
      resolve(up);
    };
    socket.setTimeout(2_000, () => finish(false));
    socket.once("connect", () => finish(true));
    socket.once("error", () => finish(false));
  });
}

async function httpAnswers(
  host: string,
  port: number,
  path: string,
  health: HealthCheckSpec,
): Promise<boolean> {
  try {
    const { status } = await requestComponent({ host, port, path }, { timeoutMs: health.timeoutMs });
    return status >= 200 && status < 400;
  } catch {
    // Refused or late is the ordinary answer of something that is still starting.
    return false;
  }
}

function memoryKills({ machine, ref }: ComponentHandle): number {
  return machine.groups?.usage(groupName(machine, ref))?.outOfMemoryKills ?? 0;
}

function describeEnd(component: ComponentHandle, replica: string, outOfMemory: boolean): DriverError {
  const { ref } = component;
  const stored = storageFailure(component);
  if (stored !== null) return new DriverError("permanent", stored, { hint: "Choose a larger size." });
  if (outOfMemory) {
    return new DriverError("permanent", `${ref.component} needs more memory than its limit and was killed`, {
      hint: "Choose a larger size.",
    });
  }
  const lines = lastLines(component);
  if (/ENOSPC|no space left on device/i.test(lines)) {
    return new DriverError("retryable", `The disk is full: ${ref.component} (${replica}) ended. ${lines}`);
  }
  return new DriverError("permanent", `${ref.component} (${replica}) ended right after its start. ${lines}`, {
    hint: "Its log shows why; correct the template or its parameters.",
  });
}

function notInTime(component: ComponentHandle, replica: string, graceMs: number): DriverError {
  const seconds = Math.round(graceMs / 1_000);
  const name = `${component.ref.component} (${replica})`;
  return new DriverError("retryable", `${name} was not ready after ${seconds} s. ${lastLines(component)}`, {
    hint: "It was left running; its log shows what it waits for.",
  });
}

const mostCharacters = 1_500;

/** The end of a text, cut between words: half a secret would not be recognized as one. */
function lastOf(text: string): string {
  if (text.length <= mostCharacters) return text;
  const end = text.slice(-mostCharacters);
  const at = end.search(/\s/);
  return at < 0 ? "(one word that is too long to show)" : `…${end.slice(at)}`;
}

/** The component's own last lines, without what Rostrum wrote and without values of secrets. */
function lastLines(component: ComponentHandle): string {
  const lines = tailText(component.paths.log, 20).filter((line) => !line.startsWith("[rostrum] "));
  const text = lastOf(component.redact(lines.slice(-6).join("\n")));
  return text === "" ? "It printed nothing." : `Its last lines:\n${text}`;
}
