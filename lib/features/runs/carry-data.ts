import { PassThrough } from "node:stream";
import { commandFailure } from "@/lib/clouds/command-failure";
import {
  type ChangeContext,
  type CloudConnection,
  type ComponentRef,
  DriverError,
  type ExecResult,
} from "@/lib/clouds/contract";
import type { Carriage } from "@/lib/engine/plan";
import { messageOf } from "@/lib/kernel/errors";

const copyTimeoutMs = 60 * 60_000;

export interface CarryInput {
  ref: ComponentRef;
  from: CloudConnection;
  to: CloudConnection;
  carries: Carriage;
  /** Volumes that the component has on both sides. */
  volumes: readonly string[];
  /** The dump of the version it leaves and the restore of the one it gets. */
  dump: readonly string[] | undefined;
  restore: readonly string[] | undefined;
  change: ChangeContext;
}

/**
 * Copies the data of a component from the cloud it leaves to the one it is created in. It is stopped where it was, so that
 * nothing is written there any more; when the copy fails it is started there again. Safe to repeat: a copy replaces what
 * an earlier one left.
 * @throws DriverError when not everything was copied
 */
export async function carryData(input: CarryInput): Promise<void> {
  const { change, ref, from } = input;
  const seen = await from.observe(ref);
  if (!seen.present) {
    throw new DriverError("permanent", `${ref.component} doesn’t exist in its current cloud.`);
  }
  try {
    if (input.carries === "dump") await pipeDump(input);
    if (from.stop) await from.stop(ref, change);
    if (input.carries === "volumes") await copyVolumes(input);
  } catch (error) {
    await startAgain(input);
    throw error;
  }
}

async function copyVolumes({ ref, from, to, volumes, change }: CarryInput): Promise<void> {
  if (!from.copyOut || !to.copyIn) throw new DriverError("permanent", "The clouds can’t copy volumes.");
  for (const volume of volumes) {
    change.log(`Copying the volume ${volume} of ${ref.component} …`);
    await to.copyIn(ref, volume, await from.copyOut(ref, volume, change.signal), change.signal);
  }
}

/** The dump of one side is what the restore of the other reads; both have to end well. */
async function pipeDump({ ref, from, to, dump, restore, change }: CarryInput): Promise<void> {
  if (!from.exec || !to.exec || !dump || !restore)
    throw new DriverError("permanent", `The template has no dump and restore for ${ref.component}.`);
  change.log(`Copying the data of ${ref.component} by dump and restore …`);
  const pipe = new PassThrough();
  const { signal } = change;
  const options = { timeoutMs: copyTimeoutMs, signal };
  const writing = from
    .exec(ref, { ...options, command: [...dump], stdout: pipe })
    .then((result) => {
      if (result.exitCode === 0) pipe.end();
      // A dump that is cut off must not look like a whole one.
      else pipe.destroy(new Error("the dump failed"));
      return result;
    })
    .catch((error: unknown) => {
      pipe.destroy(error instanceof Error ? error : new Error(messageOf(error)));
      throw error;
    });
  const reading = to.exec(ref, { ...options, command: [...restore], stdin: pipe });
  const [dumped, restored] = await Promise.allSettled([writing, reading]);
  requireGood(dumped, ref.component, dump);
  requireGood(restored, ref.component, restore);
}

function requireGood(
  result: PromiseSettledResult<ExecResult>,
  component: string,
  command: readonly string[],
): void {
  if (result.status === "rejected") throw result.reason;
  if (result.value.exitCode !== 0)
    throw commandFailure(component, command, result.value, result.value.stderr);
}

/** The run's own signal may be spent; what people use has to come back all the same. */
async function startAgain({ ref, from, change }: CarryInput): Promise<void> {
  if (!from.start) return;
  try {
    await from.start(ref, { ...change, signal: AbortSignal.timeout(60_000) });
    change.log(`${ref.component} is running again in its previous cloud.`);
  } catch (error) {
    change.log(`${ref.component} couldn’t be started again in its previous cloud: ${messageOf(error)}`);
  }
}
