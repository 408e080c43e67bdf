import { commandFailure } from "@/lib/clouds/command-failure";
import {
  type ChangeContext,
  type CloudConnection,
  type ComponentRef,
  DriverError,
} from "@/lib/clouds/contract";
import { loadEnvironment } from "@/lib/features/environments";
import { bytesQuantity } from "@/lib/kernel/quantities";
import { type BackedComponent, backedComponents } from "./components";
import { backupFiles } from "./files";
import { takeSafetyBackup } from "./safety";
import { findUsableStatus, recordVerified } from "./store";
import { readParts, type StoredPart } from "./store-parts";
import { verifyPart } from "./stored-parts";

const restoreTimeoutMs = 60 * 60_000;

export interface RestoreInput {
  backupId: string;
  environmentId: string;
  connection: CloudConnection;
  ref: ComponentRef;
  change: ChangeContext;
  /** The component was created a moment ago and holds nothing that anyone would miss. */
  isNew?: boolean;
  /** Brings the component into a state in which data can be put into it; asked once the backup was found whole. */
  prepare?: () => Promise<void>;
  /** There is nothing of it that could be captured before: its data is gone. */
  isGone?: boolean;
}

/**
 * Restores a component's data from a backup. Nothing is touched before every file of it was verified; the current data
 * is captured first. Safe to repeat: it ends with the backup's data each time.
 * @throws DriverError permanent, when the backup cannot be used
 */
export async function restoreComponent(input: RestoreInput): Promise<void> {
  const { backupId, environmentId, ref, change } = input;
  await requireUsable(backupId, environmentId);
  const parts = await readParts(backupId, ref.component);
  if (parts.length === 0) {
    change.log(`The backup contains no data of ${ref.component}; leaving it unchanged.`);
    return;
  }
  for (const part of parts) await verifyPart(part);
  change.log(`Backup verified (${parts.length === 1 ? "checksum" : "all checksums"} OK)`);
  await recordVerified(backupId);
  const backed = backedComponents(await loadEnvironment(environmentId)).find(
    (one) => one.component === ref.component,
  );
  // Copies of volumes need nothing of the template; what was dumped is restored by its command.
  if (!backed && parts.some((part) => part.method === "dump"))
    throw new DriverError("permanent", `The template no longer defines how to restore ${ref.component}.`);
  if (!input.isNew && !input.isGone) await takeSafetyBackup(input, backed ?? copyOf(input, parts));
  await input.prepare?.();
  for (const part of parts) await putBack(input, backed?.backup.restore, part);
}

/** What a restore of volumes replaces: those same volumes. */
function copyOf({ ref }: RestoreInput, parts: readonly StoredPart[]): BackedComponent {
  const snapshot = parts.map((part) => part.method.replace(/^snapshot:/, ""));
  return { component: ref.component, cloudId: "", backup: { keep: {}, snapshot } };
}

/** The backup is one of this environment, or of the one that it was created from. */
async function requireUsable(backupId: string, environmentId: string): Promise<void> {
  const status = await findUsableStatus(backupId, environmentId);
  if (!status) throw new DriverError("permanent", "Backup not found.");
  if (status !== "succeeded") {
    throw new DriverError("permanent", `The backup can’t be used: its status is ${status}.`);
  }
}

async function putBack(input: RestoreInput, restore: string[] | undefined, part: StoredPart): Promise<void> {
  const { connection, ref, change } = input;
  change.log(`Restoring ${part.method} (${bytesQuantity(Number(part.sizeBytes))} compressed) …`);
  const content = backupFiles().read(part.location);
  try {
    if (part.method === "dump") await runRestore(input, restore, content);
    else {
      if (!connection.copyIn)
        throw new DriverError("permanent", "This cloud can’t copy data into a component.");
      await connection.copyIn(ref, part.method.replace(/^snapshot:/, ""), content, change.signal);
    }
  } finally {
    content.destroy();
  }
  change.log(`Restored ${ref.component}.`);
}

async function runRestore(
  { connection, ref, change }: RestoreInput,
  command: string[] | undefined,
  stdin: ReturnType<ReturnType<typeof backupFiles>["read"]>,
): Promise<void> {
  if (!connection.exec || !command)
    throw new DriverError("permanent", "This cloud can’t run the restore command.");
  const result = await connection.exec(ref, {
    command,
    stdin,
    timeoutMs: restoreTimeoutMs,
    signal: change.signal,
  });
  const said = `${result.stdout}\n${result.stderr}`.split("\n").filter((line) => line.trim() !== "");
  for (const line of said.slice(-20)) change.log(line);
  if (result.exitCode === 0) return;
  throw commandFailure(
    ref.component,
    command,
    result,
    said.at(-1) ?? "",
    "The previous data is in the newest pre-restore backup.",
  );
}
