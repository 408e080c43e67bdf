import type { ChangeContext, CloudConnection, ComponentRef, Observation } from "@/lib/clouds/contract";
import { DriverError } from "@/lib/clouds/contract";
import type { ResourceEffect, RunRecord, StepOutcome } from "@/lib/engine/run";
import type { EnvironmentContext } from "@/lib/features/environments";

type Present = Extract<Observation, { present: true }>;

interface Operation {
  run: RunRecord;
  context: EnvironmentContext;
  connection: CloudConnection;
  ref: ComponentRef;
  change: ChangeContext;
  effect(observation: Present): ResourceEffect;
}

const actionTimeoutMs = 5 * 60_000;
/** Drivers answer at most 1 MiB of each stream, less what a character cut in two takes. */
const cutOutputBytes = 2 ** 20 - 4;

/** Does what leaves a component what it is: stop, start, restart, recover, restore, run a command. */
export async function operate(action: string, operation: Operation): Promise<StepOutcome> {
  const { connection, ref, change } = operation;
  switch (action) {
    case "stop":
      if (!connection.stop) throw unsupported("stop");
      await connection.stop(ref, change);
      return done(operation, await connection.observe(ref));
    case "start":
      if (!connection.start) throw unsupported("start");
      return done(operation, await connection.start(ref, change));
    case "restart":
      return done(operation, await connection.restart(ref, change));
    case "recover":
      return done(operation, await connection.recover(ref, change));
    case "restore": {
      const { restoreComponent } = await import("@/lib/features/backups");
      await restoreComponent({
        backupId: String(operation.run.context.backup ?? ""),
        environmentId: ref.environmentId,
        connection,
        ref,
        change,
        isNew: operation.run.kind === "create",
      });
      return done(operation, await connection.observe(ref));
    }
    case "run":
      await runAction(operation);
      return { state: "done", effect: { type: "none" } };
    default:
      throw new DriverError("permanent", `Nothing knows how to ${action} a component.`);
  }
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
  if (result.exitCode !== 0)
    throw new DriverError("permanent", `The command ended with exit code ${result.exitCode}.`);
}

/** Lines of a bounded output. Where it was cut, the last one may hold half a secret, which nothing recognises. */
function wholeLines(output: string): string[] {
  const lines = output.split("\n");
  return Buffer.byteLength(output) < cutOutputBytes ? lines : lines.slice(0, -1);
}

function done(operation: Operation, observation: Observation): StepOutcome {
  if (!observation.present) throw new DriverError("permanent", "It does not exist any more.");
  return { state: "done", effect: operation.effect(observation) };
}

function unsupported(what: string): DriverError {
  return new DriverError("permanent", `This cloud cannot ${what}.`);
}
