import type { ChangeContext, CloudConnection, ComponentRef } from "@/lib/clouds/contract";
import { messageOf } from "@/lib/kernel/errors";
import { captureComponent, requireRoom } from "./capture";
import type { BackedComponent } from "./components";
import { openSafety, type SafetyRecord, settleSafety } from "./safety-record";
import { hasPart } from "./store-parts";

interface SafetyInput {
  environmentId: string;
  connection: CloudConnection;
  ref: ComponentRef;
  change: ChangeContext;
}

/**
 * Captures a component as it is before a restore replaces its data. One backup serves all components of the
 * run. What was captured before is kept when the step is tried again: by then the data may be half replaced. A
 * component too broken to be captured is restored all the same; the log says so.
 */
export async function takeSafetyBackup(input: SafetyInput, backed: BackedComponent): Promise<void> {
  const { change, ref } = input;
  const safety = await openSafety(input.environmentId, change.idempotencyKey, "before-restore");
  if (!safety) return;
  try {
    if (!(await hasPart(safety.id, ref.component))) await keep(input, backed, safety);
  } finally {
    // Also when the run was cancelled, or an attempt was killed right after capturing: an unsettled one blocks later
    // backups. A later attempt that succeeds makes it good again.
    await settleSafety(safety, change.idempotencyKey, "before-restore");
  }
}

async function keep(input: SafetyInput, backed: BackedComponent, safety: SafetyRecord): Promise<void> {
  const { change, ref } = input;
  try {
    await requireRoom();
    const capture = { backupId: safety.id, connection: input.connection, ref, signal: change.signal };
    await captureComponent(capture, backed);
    change.log(`Current data saved as backup ${safety.id}.`);
  } catch (error) {
    change.signal.throwIfAborted();
    change.log(`Couldn’t back up the current data (${messageOf(error)}). Continuing.`);
  }
}
