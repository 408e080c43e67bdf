import { setTimeout as sleep } from "node:timers/promises";
import { isRunning } from "@/lib/platform/exec/process-table";
import { DriverError, type HealthCheckSpec } from "../contract";
import { probe, probePort } from "../probe";
import type { ComponentHandle } from "./component";
import { throwIfAborted } from "./errors";
import { tailText } from "./log-file";
import { groupName } from "./machine";
import { runInComponent } from "./run-in";
import { storageFailure } from "./storage-failure";

const settleMs = 1_000;
const portMs = 2_000;
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
  let problem: string | null = null;
  for (let waitMs = 20; ; waitMs = Math.min(500, Math.round(waitMs * 1.5))) {
    throwIfAborted(component.signal);
    const entry = record.processes.find((one) => one.name === replica);
    if (!entry || !isRunning(entry)) throw endedEarly();
    problem = await problemOf(component, replica, health, Date.now() - started);
    if (problem === null) {
      // Its port may be another's; only a living process counts.
      if (!isRunning(entry)) throw endedEarly();
      return;
    }
    if (Date.now() - started > graceMs) throw notInTime(component, replica, graceMs, problem);
    await sleep(waitMs);
  }
}

/** Waits until one of our own helpers listens on all the ports it holds. @throws DriverError as `waitUntilReady`. */
export async function waitUntilListening(component: ComponentHandle, name: string): Promise<void> {
  const entry = component.record.processes.find((one) => one.name === name);
  const until = Date.now() + usualGraceMs;
  for (const port of entry?.ports ?? []) {
    while ((await probePort({ host: component.machine.localHost }, port, portMs)) !== null) {
      throwIfAborted(component.signal);
      if (!entry || !isRunning(entry)) throw describeEnd(component, name, false);
      if (Date.now() > until) throw notInTime(component, name, usualGraceMs, `port ${port} does not answer`);
      await sleep(20);
    }
  }
}

/** Why a replica does not serve yet; null when it does. */
async function problemOf(
  component: ComponentHandle,
  replica: string,
  health: HealthCheckSpec | null,
  elapsedMs: number,
): Promise<string | null> {
  const { runtime } = component;
  if (runtime.isReady && !(await runtime.isReady(component.launchInput(replica)))) {
    return "it takes no connections yet";
  }
  const host = component.probeHost;
  const ports = component.portsOf(replica);
  const [firstPort] = component.spec.ports;
  if (health) {
    const exec = (command: string[], timeoutMs: number) =>
      runInComponent(component, replica, { command, timeoutMs, signal: component.signal }).then(
        ({ exitCode }) => ({ exitCode: exitCode ?? 128 }),
      );
    return await probe(health, { host, ports, firstPort, exec }, component.signal);
  }
  const port = ports[String(firstPort)];
  if (port) return await probePort({ host }, port, portMs);
  return elapsedMs >= settleMs ? null : "it has just started";
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

function notInTime(
  component: ComponentHandle,
  replica: string,
  graceMs: number,
  problem: string,
): DriverError {
  const seconds = Math.round(graceMs / 1_000);
  const name = `${component.ref.component} (${replica})`;
  return new DriverError(
    "retryable",
    `${name} was not ready after ${seconds} s: ${problem}. ${lastLines(component)}`,
    {
      hint: "It was left running; its log shows what it waits for.",
    },
  );
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
