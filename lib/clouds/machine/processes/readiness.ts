import { setTimeout as sleep } from "node:timers/promises";
import { formatDuration } from "@/lib/kernel/format";
import { isRunning } from "@/lib/platform/exec/process-table";
import {
  type ComponentRef,
  type DesiredComponent,
  DriverError,
  type HealthCheckSpec,
  usualWindowMs,
} from "../../contract";
import { probe, probePort } from "../../probe";
import { ComponentHandle } from "../component";
import { storageFailure } from "../data/storage-failure";
import { throwIfAborted } from "../errors";
import { runInComponent } from "../isolation/run-in";
import { groupName, type Machine, pathsIn } from "../machine";
import { readRecord } from "../record";
import { tailText } from "./log-file";

const settleMs = 1_000;
const portMs = 2_000;
/** Between two checks of one that passes, until its window is over. */
const betweenPassesMs = 125;
const usualGraceMs = 30_000;

/**
 * Waits until a replica serves and goes on to: its health check passes, else its port answers, else it has lived for a
 * second, without a break for its window. What answers once and dies has not served.
 * @throws DriverError (permanent) with the last lines of its log when it ends, (retryable) when time is up.
 */
export async function waitUntilReady(component: ComponentHandle, replica: string): Promise<void> {
  const { record } = component;
  const health = record.desired.health;
  const graceMs = Math.max(health?.graceMs ?? usualGraceMs, 5_000);
  const started = Date.now();
  const killsBefore = memoryKills(component);
  const endedEarly = () => describeEnd(component, replica, memoryKills(component) > killsBefore);
  const windowMs = health?.windowMs ?? usualWindowMs;
  let problem: string | null = null;
  let passingSince: number | null = null;
  for (let waitMs = 20; ; waitMs = Math.min(500, Math.round(waitMs * 1.5))) {
    throwIfAborted(component.signal);
    const entry = record.processes.find((one) => one.name === replica);
    if (!entry || !isRunning(entry)) throw endedEarly();
    problem = await problemOf(component, replica, health, Date.now() - started);
    if (problem === null) {
      // Its port may be another's; only a living process counts.
      if (!isRunning(entry)) throw endedEarly();
      passingSince ??= Date.now();
      const leftMs = passingSince + windowMs - Date.now();
      if (leftMs <= 0) return;
      await sleep(Math.min(leftMs, betweenPassesMs));
      continue;
    }
    passingSince = null;
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
      if (Date.now() > until) throw notInTime(component, name, usualGraceMs, `port ${port} does not respond`);
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
    return "not accepting connections yet";
  }
  if (health) return await probeReplica(component, replica, health);
  const port = component.portsOf(replica)[String(component.spec.ports[0])];
  if (port) return await probePort({ host: component.probeHost }, port, portMs);
  return elapsedMs >= settleMs ? null : "just started";
}

async function probeReplica(
  component: ComponentHandle,
  replica: string,
  health: HealthCheckSpec,
): Promise<string | null> {
  const { signal, probeHost: host } = component;
  const exec = (command: string[], timeoutMs: number) =>
    runInComponent(component, replica, { command, timeoutMs, signal }).then(({ exitCode }) => ({
      exitCode: exitCode ?? 128,
    }));
  const ports = component.portsOf(replica);
  const [firstPort] = component.spec.ports;
  return await probe(health, { host, ports, firstPort, exec }, signal);
}

/** The health check of every replica, and of the address that people use where that is another; null when all pass. */
export async function probeComponent(
  machine: Machine,
  ref: ComponentRef,
  { health }: DesiredComponent,
  signal?: AbortSignal,
): Promise<string | null> {
  if (!health) return null;
  const record = readRecord(pathsIn(machine, ref).record);
  if (!record) return "does not exist";
  const component = new ComponentHandle(machine, ref, record, undefined, signal);
  const names = component.replicaNames;
  const problems = await Promise.all(names.map((name) => probeReplica(component, name, health)));
  const failing = problems.findIndex((one) => one !== null);
  if (failing >= 0) {
    const problem = problems[failing] ?? null;
    return names.length === 1 ? problem : `${component.spoken(names[failing] ?? "")}: ${problem}`;
  }
  if (!record.balanced || health.probe.type === "exec") return null;
  const [firstPort] = component.spec.ports;
  return await probe(health, { host: machine.localHost, ports: record.ports, firstPort, exec: null }, signal);
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
    return new DriverError("retryable", `The disk is full: ${ref.component} (${replica}) exited. ${lines}`);
  }
  return new DriverError("permanent", `${ref.component} (${replica}) exited right after starting. ${lines}`, {
    hint: "Check the log, then correct the template or its parameters.",
  });
}

function notInTime(
  component: ComponentHandle,
  replica: string,
  graceMs: number,
  problem: string,
): DriverError {
  const name = `${component.ref.component} (${replica})`;
  return new DriverError(
    "retryable",
    `${name} was not ready after ${formatDuration(graceMs)}: ${problem}. ${lastLines(component)}`,
    {
      hint: "The component is still running. Check its log to see what it waits for.",
    },
  );
}

const mostCharacters = 1_500;

/** The end of a text, cut between words: half a secret would not be recognized as one. */
function lastOf(text: string): string {
  if (text.length <= mostCharacters) return text;
  const end = text.slice(-mostCharacters);
  const at = end.search(/\s/);
  return at < 0 ? "(word too long to show)" : `…${end.slice(at)}`;
}

/** The component's own last lines, without what Rostrum wrote and without values of secrets. */
function lastLines(component: ComponentHandle): string {
  const lines = tailText(component.paths.log, 20).filter((line) => !line.startsWith("[rostrum] "));
  const text = lastOf(component.redact(lines.slice(-6).join("\n")));
  return text === "" ? "No output." : `Last log lines:\n${text}`;
}
