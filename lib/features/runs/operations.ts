import { commandFailure } from "@/lib/clouds/command-failure";
import {
  type ChangeContext,
  type CloudConnection,
  type ComponentRef,
  type DesiredComponent,
  DriverError,
  type Observation,
} from "@/lib/clouds/contract";
import type { DataLoss, StepAction } from "@/lib/engine/plan";
import type { ResourceEffect, RunRecord, StepOutcome } from "@/lib/engine/run";
import { restoreComponent } from "@/lib/features/backups";
import type { EnvironmentContext } from "@/lib/features/environments";
import { makeWhole, prepareRestore, recreateComponent, repairComponent } from "./bring-back";

type Present = Extract<Observation, { present: true }>;

interface Operation {
  run: RunRecord;
  context: EnvironmentContext;
  connection: CloudConnection;
  ref: ComponentRef;
  change: ChangeContext;
  /** What the component shall be. @throws DriverError permanent, while a neighbor doesn't tell what it needs */
  desired(): DesiredComponent;
  /** Whether the component was ever completed. */
  hasData: boolean;
  /** What the approved plan says of data that is gone. */
  dataLoss: DataLoss | undefined;
  effect(observation: Present): ResourceEffect;
}

const actionTimeoutMs = 5 * 60_000;
/** Drivers answer at most 1 MiB of each stream, less what a character cut in two takes. */
const cutOutputBytes = 2 ** 20 - 4;

/** Does what leaves a component what it is: stop, start, restart, recover, repair, restore, run a command. */
export async function operate(action: StepAction, operation: Operation): Promise<StepOutcome> {
  const { connection, ref, change } = operation;
  switch (action) {
    case "stop":
      if (!connection.stop) throw unsupported("stop");
      await connection.stop(ref, change);
      return done(operation, await connection.observe(ref));
    case "start":
      if (!connection.start) throw unsupported("start");
      if (await isMadeWhole(operation)) return done(operation, await connection.observe(ref));
      return done(operation, await connection.start(ref, change));
    case "restart":
      if (await isMadeWhole(operation)) return done(operation, await connection.observe(ref));
      return done(operation, await connection.restart(ref, change));
    case "recover":
      return done(operation, await connection.recover(ref, change));
    case "repair":
      await repairComponent({ ...operation, desired: operation.desired() });
      return done(operation, await connection.observe(ref));
    case "recreate":
      await recreateComponent({ ...operation, desired: operation.desired() });
      return done(operation, await connection.observe(ref));
    case "restore": {
      await restoreComponent({
        backupId: String(operation.run.context.backup ?? ""),
        environmentId: ref.environmentId,
        connection,
        ref,
        change,
        isNew: operation.run.kind === "create",
        prepare: () => prepareRestore({ ...operation, desired: operation.desired() }),
      });
      return done(operation, await connection.observe(ref));
    }
    case "run":
      await runAction(operation);
      return { state: "done", effect: { type: "none" } };
    default:
      throw new DriverError("permanent", `Unsupported component action: ${action}.`);
  }
}

/** Nothing starts while parts of it are gone; made again, it is started by that. */
async function isMadeWhole(operation: Operation): Promise<boolean> {
  const { desired } = operation.change;
  return desired !== undefined && (await makeWhole({ ...operation, desired }));
}

async function runAction({ run, context, connection, ref, change }: Operation): Promise<void> {
  const name = String(run.context.action ?? "");
  const action = context.inputs.manifest.spec.actions.find((one) => one.name === name);
  if (!action) throw new DriverError("permanent", `The template has no action "${name}".`);
  if (!connection.exec) throw unsupported("run commands");
  const result = await connection.exec(ref, {
    command: action.run,
    timeoutMs: actionTimeoutMs,
    signal: change.signal,
  });
  for (const line of [...wholeLines(result.stdout), ...wholeLines(result.stderr)])
    if (line.trim() !== "") change.log(line);
  if (result.exitCode !== 0) throw commandFailure(ref.component, action.run, result, "");
}

/** Lines of a bounded output. Where it was cut, the last one may hold half a secret, which nothing recognizes. */
function wholeLines(output: string): string[] {
  const lines = output.split("\n");
  return Buffer.byteLength(output) < cutOutputBytes ? lines : lines.slice(0, -1);
}

function done(operation: Operation, observation: Observation): StepOutcome {
  if (!observation.present) {
    throw new DriverError("permanent", "The component no longer exists.", {
      hint: "Repair the environment to recreate it.",
    });
  }
  return { state: "done", effect: operation.effect(observation) };
}

function unsupported(what: string): DriverError {
  return new DriverError("permanent", `This cloud can’t ${what}.`);
}
