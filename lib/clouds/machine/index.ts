import { availableParallelism } from "node:os";
import type { Readable } from "node:stream";
import { formatDuration } from "@/lib/kernel/format";
import {
  type CloudConnection,
  type Driver,
  DriverError,
  type DriverHost,
  type ExecOptions,
  type ExecResult,
} from "../contract";
import { allowancesOf } from "./allowances";
import { checkMachine } from "./capacity";
import { applyChange, load, startAgain, stopComponent } from "./changes/change";
import { repairNetworks } from "./changes/converge";
import { decideChange } from "./changes/decide-change";
import { examineComponent } from "./changes/examine";
import { removeComponent, removeEnvironment } from "./changes/remove";
import { machineConfigSchema } from "./config";
import { copyIn, copyOut } from "./data/copy";
import { watchStorage } from "./data/storage-watch";
import { discover } from "./discover";
import { guarded } from "./errors";
import { runInComponent } from "./isolation/run-in";
import { pauseReason, refuseUnconfined } from "./isolation/unconfined";
import { type Machine, openMachine, pathsIn } from "./machine";
import { describeComponent, observeComponent } from "./observe";
import { listOwned } from "./owned";
import { readLog } from "./processes/log-file";
import { sampleMetrics } from "./processes/metrics";
import { living } from "./processes/processes";
import { probeComponent } from "./processes/readiness";
import { validateDesired } from "./validate";

/**
 * Components as real operating-system processes of the host Rostrum runs on: started directly, without a keeper, so
 * they outlive the portal and its workers. Everything known about them lies in files below the cloud's directory.
 */
export const machineDriver: Driver = {
  kind: "machine",
  title: "This machine",
  implementations: ["process"],
  capabilities: new Set(["scale", "stop", "logs", "metrics", "exec", "backup", "resize"]),
  configSchema: machineConfigSchema,
  allowances: (config, facts) => allowancesOf(machineConfigSchema.parse(config), facts),
  addressField: "address",
  open: (config, host) => guarded(() => connect(config, host)),
};

async function connect(config: Record<string, unknown>, host: DriverHost): Promise<CloudConnection> {
  const parsed = machineConfigSchema.safeParse(config);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new DriverError(
      "permanent",
      `Invalid cloud configuration: ${issue?.path.join(".")}: ${issue?.message}`,
    );
  }
  return connectTo(await openMachine(parsed.data, host));
}

/** The driver's connection to an open machine. */
export function connectTo(machine: Machine): CloudConnection {
  const endWatch = watchStorage(machine);
  return {
    // Most of a change is waiting for the component to answer, so more than there are cores.
    maxChanges: 4 * availableParallelism(),
    check: () =>
      guarded(async () => {
        await repairNetworks(machine);
        return checkMachine(machine, await pauseReason(machine));
      }),
    validate: async (desired) => validateDesired(machine, desired),
    decideChange,
    observe: (ref) => guarded(async () => observeComponent(machine, ref)),
    examine: (ref, desired) => guarded(async () => examineComponent(machine, ref, desired)),
    probe: (ref, desired, signal) => guarded(() => probeComponent(machine, ref, desired, signal)),
    apply: (ref, action, desired, ctx) => guarded(() => applyChange(machine, ref, action, desired, ctx)),
    // Nothing here is ever pending; an older token only asks how things are.
    poll: (ref) =>
      guarded(async () => {
        const observation = observeComponent(machine, ref);
        return observation.present ? { state: "done", observation } : { state: "done" };
      }),
    remove: (ref, ctx) => guarded(() => removeComponent(machine, ref, ctx)),
    removeEnvironment: (id, ctx) => guarded(() => removeEnvironment(machine, id, ctx)),
    listOwned: (id) => guarded(async () => listOwned(machine, id)),
    discover: (signal) => discover(machine, signal),
    restart: (ref, ctx) => guarded(() => startAgain(machine, ref, ctx, "restart")),
    recover: (ref, ctx) => guarded(() => startAgain(machine, ref, ctx, "recover")),
    start: (ref, ctx) => guarded(() => startAgain(machine, ref, ctx, "start")),
    stop: (ref, ctx) => guarded(() => stopComponent(machine, ref, ctx)),
    metrics: (refs) =>
      guarded(async () => {
        await repairNetworks(machine);
        return await sampleMetrics(machine, refs);
      }),
    logs: (ref, options) => readLog(pathsIn(machine, ref).log, options),
    exec: (ref, options) => guarded(() => exec(machine, ref, options)),
    copyOut: (ref, path, signal): Promise<Readable> => guarded(() => copyOut(machine, ref, path, signal)),
    copyIn: (ref, path, tar, signal) => guarded(() => copyIn(machine, ref, path, tar, signal)),
    close: async () => endWatch(),
  };
}

async function exec(
  machine: Machine,
  ref: Parameters<CloudConnection["observe"]>[0],
  options: ExecOptions,
): Promise<ExecResult> {
  await refuseUnconfined(machine);
  const component = load(machine, ref);
  if (!living(component, "r0")) {
    throw new DriverError(
      "retryable",
      `${ref.component} is not running (${describeComponent(component).status})`,
    );
  }
  const { command, environment, stdin, stdout, timeoutMs, signal } = options;
  const result = await runInComponent(component, "r0", {
    command,
    environment,
    stdin,
    stdout,
    timeoutMs,
    signal,
  });
  if (result.timedOut)
    throw new DriverError("retryable", `${command[0]} took longer than ${formatDuration(timeoutMs)}`);
  if (result.aborted) throw new DriverError("retryable", `${command[0]} was interrupted`);
  return { exitCode: result.exitCode ?? 128, stdout: result.stdout, stderr: result.stderr };
}
