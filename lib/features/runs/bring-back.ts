import { setTimeout as sleep } from "node:timers/promises";
import {
  type ChangeContext,
  type CloudConnection,
  type ComponentRef,
  type DesiredComponent,
  DriverError,
  type Fault,
} from "@/lib/clouds/contract";
import type { DataLoss } from "@/lib/engine/plan";
import { restoreComponent } from "@/lib/features/backups";

const longestPauseMs = 1_000;

/** One component that shall be brought back, and what its approved plan says of its data. */
export interface BringBack {
  connection: CloudConnection;
  ref: ComponentRef;
  desired: DesiredComponent;
  change: ChangeContext;
  /** Whether it was ever completed: before that it has no data to lose. */
  hasData: boolean;
  /** Absent where the plan found all data. */
  dataLoss: DataLoss | undefined;
}

/**
 * Brings a component back by the gentlest means that helps: starts what is dead, restarts what lives and fails its check,
 * makes again what is gone or damaged or did not come back by that. Lost data comes from the plan's backup. Safe to repeat.
 * @throws DriverError permanent, when data is gone that the plan did not say is
 */
export async function repairComponent(input: BringBack): Promise<void> {
  const { connection, ref, desired, change } = input;
  if (input.dataLoss) return recreateComponent(input);
  if (await makeWhole(input)) return;
  if ((await connection.examine(ref, desired)).length > 0) {
    return gentlyOrAnew(input, "start", () =>
      connection.start ? connection.start(ref, change) : connection.recover(ref, change),
    );
  }
  const problem = await connection.probe(ref, desired, change.signal);
  if (problem === null) return;
  change.log(`${ref.component} is running, but its health check failed: ${problem}`);
  await gentlyOrAnew(input, "restart", () => connection.restart(ref, change));
}

/** Makes a component's instances again, and puts the data of the plan's backup back where data is lost. Safe to repeat. */
export async function recreateComponent(input: BringBack): Promise<void> {
  const { connection, ref, desired, change, dataLoss } = input;
  if (!dataLoss) refuseUnsaidLoss(input, await connection.examine(ref, desired));
  if (!dataLoss?.backup) {
    if (dataLoss) change.log(`${ref.component} starts empty: ${dataLoss.what.join(", ")} is lost`);
    return applyNow(input, "recreate");
  }
  await restoreComponent({
    backupId: dataLoss.backup.id,
    environmentId: ref.environmentId,
    connection,
    ref,
    change,
    isGone: true,
    prepare: () => applyNow(input, "recreate"),
  });
}

/**
 * Brings a component into a state in which a backup can be put into it: what is gone is made again, and what does not even
 * start with its present data is made again without it, since that is replaced anyway.
 */
export async function prepareRestore(input: BringBack): Promise<void> {
  const { connection, ref, desired, change } = input;
  const faults = await connection.examine(ref, desired);
  if (faults.length === 0) return;
  if (faults.some((one) => one.kind !== "stopped")) {
    change.log(`${ref.component} is incomplete (${faults.map((one) => one.what).join(", ")}); recreating it`);
    return applyNow(input, "recreate");
  }
  try {
    await connection.recover(ref, change);
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    change.signal.throwIfAborted();
    change.log(`${ref.component} doesn’t start with its current data: ${error.message}`);
    await applyNow(input, "replace");
  }
}

/** Tries the gentle way once; what does not serve after it is made again. */
async function gentlyOrAnew(input: BringBack, how: string, gently: () => Promise<unknown>): Promise<void> {
  const { ref, change } = input;
  try {
    await gently();
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    change.signal.throwIfAborted();
    change.log(`A ${how} didn’t help (${error.message}); recreating ${ref.component}`);
    await applyNow(input, "recreate");
  }
}

/**
 * Makes again what is gone of a component that shall be started or restarted; answers whether that was needed.
 * @throws DriverError permanent, when data went with it: that is a repair's
 */
export async function makeWhole(input: BringBack): Promise<boolean> {
  const { connection, ref, desired, change } = input;
  const faults = await connection.examine(ref, desired);
  if (!faults.some((one) => one.kind !== "stopped")) return false;
  refuseUnsaidLoss(input, faults);
  change.log(`Recreating ${ref.component}; missing: ${faults.map((one) => one.what).join(", ")}`);
  await applyNow(input, "recreate");
  return true;
}

function refuseUnsaidLoss({ ref, hasData }: BringBack, faults: readonly Fault[]): void {
  if (!hasData) return;
  const lost = faults.filter((one) => one.losesData).map((one) => one.what);
  if (lost.length === 0) return;
  throw new DriverError("permanent", `Data of ${ref.component} is lost: ${lost.join(", ")}.`, {
    hint: "Request a repair. Its plan shows which backup the data comes from.",
  });
}

/** Applies and waits until it is done, however the cloud answers. */
async function applyNow(
  { connection, ref, desired, change }: BringBack,
  action: "recreate" | "replace",
): Promise<void> {
  let result: Awaited<ReturnType<CloudConnection["poll"]>> = await connection.apply(
    ref,
    action,
    desired,
    change,
  );
  while (result.state === "pending") {
    await sleep(Math.min(result.wakeAfterMs, longestPauseMs), undefined, { signal: change.signal });
    result = await connection.poll(ref, result.token, change);
  }
}
