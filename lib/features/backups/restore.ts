import {
  type ChangeContext,
  type CloudConnection,
  type ComponentRef,
  DriverError,
} from "@/lib/clouds/contract";
import { loadEnvironment } from "@/lib/features/environments";
import { bytesQuantity } from "@/lib/kernel/quantities";
import { execute, query } from "@/lib/platform/db";
import { type BackedComponent, backedComponents } from "./components";
import { takeSafetyBackup } from "./safety";
import { backupStore } from "./store";

const restoreTimeoutMs = 60 * 60_000;

export interface RestoreInput {
  backupId: string;
  environmentId: string;
  connection: CloudConnection;
  ref: ComponentRef;
  change: ChangeContext;
  /** Brings the component into a state in which data can be put into it; asked once the backup was found whole. */
  prepare?: () => Promise<void>;
  /** There is nothing of it that could be captured before: its data is gone. */
  isGone?: boolean;
}

interface Part {
  method: string;
  location: string;
  sizeBytes: bigint;
  sha256: string;
}

/**
 * Puts a component's data back to what a restore point holds. Nothing is touched before every file of it was found
 * whole; what is there now is captured first. Safe to repeat: it ends with the restore point's data each time.
 * @throws DriverError permanent, when the restore point cannot be used
 */
export async function restoreComponent(input: RestoreInput): Promise<void> {
  const { backupId, environmentId, ref, change } = input;
  const parts = await readParts(backupId, environmentId, ref.component);
  if (parts.length === 0) {
    change.log(`The restore point holds nothing of ${ref.component}; it is left as it is.`);
    return;
  }
  for (const part of parts) await verify(part);
  change.log(
    `The restore point is whole: ${parts.length === 1 ? "its checksum is" : "all checksums are"} right.`,
  );
  await execute("UPDATE backup SET verified_at = now() WHERE id = $1", [backupId]);
  const backed = backedComponents(await loadEnvironment(environmentId)).find(
    (one) => one.component === ref.component,
  );
  if (!backed)
    throw new DriverError("permanent", `The template says no more how ${ref.component} is restored.`);
  if (!input.isGone) await takeSafetyBackup(input, backed);
  await input.prepare?.();
  for (const part of parts) await putBack(input, backed, part);
}

async function readParts(backupId: string, environmentId: string, component: string): Promise<Part[]> {
  const [backup] = await query<{ status: string }>(
    "SELECT status::text AS status FROM backup WHERE id = $1 AND environment_id = $2",
    [backupId, environmentId],
  );
  if (!backup) throw new DriverError("permanent", "This environment has no such restore point.");
  if (backup.status !== "succeeded") {
    throw new DriverError("permanent", `The restore point cannot be used: its status is ${backup.status}.`);
  }
  return query<Part>(
    `SELECT method, location, size_bytes AS "sizeBytes", sha256 FROM backup_part
     WHERE backup_id = $1 AND component = $2 ORDER BY method`,
    [backupId, component],
  );
}

async function verify(part: Part): Promise<void> {
  const found = await backupStore().checksum(part.location);
  const hint = "Choose another restore point; nothing was changed.";
  if (!found)
    throw new DriverError("permanent", `The file ${part.location} of the restore point is missing.`, {
      hint,
    });
  if (found.sha256 === part.sha256 && BigInt(found.sizeBytes) === part.sizeBytes) return;
  throw new DriverError(
    "permanent",
    `The file ${part.location} of the restore point is damaged: its checksum is wrong.`,
    {
      hint,
    },
  );
}

async function putBack(input: RestoreInput, { backup }: BackedComponent, part: Part): Promise<void> {
  const { connection, ref, change } = input;
  change.log(`Restoring ${part.method} (${bytesQuantity(Number(part.sizeBytes))} compressed) …`);
  const content = backupStore().read(part.location);
  try {
    if (part.method === "dump") await runRestore(input, backup.restore, content);
    else {
      if (!connection.copyIn)
        throw new DriverError("permanent", "This cloud cannot copy data into a component.");
      await connection.copyIn(ref, part.method.replace(/^snapshot:/, ""), content, change.signal);
    }
  } finally {
    content.destroy();
  }
  change.log(`${ref.component} is restored.`);
}

async function runRestore(
  { connection, ref, change }: RestoreInput,
  command: string[] | undefined,
  stdin: ReturnType<ReturnType<typeof backupStore>["read"]>,
): Promise<void> {
  if (!connection.exec || !command)
    throw new DriverError("permanent", "This cloud cannot run the restore command.");
  const result = await connection.exec(ref, {
    command,
    stdin,
    timeoutMs: restoreTimeoutMs,
    signal: change.signal,
  });
  const said = `${result.stdout}\n${result.stderr}`.split("\n").filter((line) => line.trim() !== "");
  for (const line of said.slice(-20)) change.log(line);
  if (result.exitCode === 0) return;
  throw new DriverError(
    "permanent",
    `${command[0]} ended with exit code ${result.exitCode}: ${said.at(-1) ?? ""}`,
    {
      hint: "What was there before is in the newest restore point of the kind before-restore.",
    },
  );
}
