import {
  type ChangeContext,
  type CloudConnection,
  type ComponentRef,
  DriverError,
} from "@/lib/clouds/contract";
import { loadEnvironment } from "@/lib/features/environments";
import { query } from "@/lib/platform/db";
import { ChecksumError, readStream } from "@/lib/platform/storage";
import { backupOf } from "./spec";

const limitMs = 30 * 60_000;

interface PartRow {
  method: string;
  location: string;
  sha256: string;
  sizeBytes: bigint;
}

/**
 * Puts one component's data back from a backup, in place. Every part's checksum is compared before anything of the
 * component is touched. Safe to repeat.
 * @throws DriverError permanent when the backup is not there, is damaged or cannot be read back
 */
export async function restoreComponent(input: {
  backupId: string;
  environmentId: string;
  connection: CloudConnection;
  ref: ComponentRef;
  change: ChangeContext;
}): Promise<void> {
  const { connection, ref, change } = input;
  const parts = await query<PartRow>(
    `SELECT p.method, p.location, p.sha256, p.size_bytes AS "sizeBytes"
     FROM backup_part p JOIN backup b ON b.id = p.backup_id
     WHERE b.id = $1 AND b.environment_id = $2 AND b.status = 'succeeded' AND p.component = $3`,
    [input.backupId, input.environmentId, ref.component],
  );
  if (parts.length === 0) {
    change.log("The backup holds nothing of this component; its data stays as it is.");
    return;
  }
  for (const part of parts) {
    change.log(`Checking ${part.method} (${part.sizeBytes} bytes) against its checksum.`);
    (await readOrRefuse(part)).destroy();
  }
  for (const part of parts) {
    change.log(`Restoring ${part.method}.`);
    if (part.method === "dump") await restoreDump(input, part);
    else await restoreSnapshot(connection, ref, change, part);
  }
  change.log("The data is back.");
}

async function readOrRefuse(part: PartRow) {
  try {
    return await readStream(part);
  } catch (error) {
    if (error instanceof ChecksumError) {
      throw new DriverError("permanent", error.message, {
        hint: "Choose another restore point.",
        cause: error,
      });
    }
    throw error;
  }
}

async function restoreDump(
  { environmentId, connection, ref, change }: Parameters<typeof restoreComponent>[0],
  part: PartRow,
): Promise<void> {
  const context = await loadEnvironment(environmentId);
  const existing = context.existing.get(ref.component);
  const backup = existing ? backupOf(context, ref.component, existing.kind) : null;
  if (!backup?.restore)
    throw new DriverError("permanent", "The template no longer says how to restore this component.");
  if (!connection.exec) throw new DriverError("permanent", "This cloud cannot run the restore command.");
  const result = await connection.exec(ref, {
    command: backup.restore,
    stdin: await readOrRefuse(part),
    timeoutMs: limitMs,
    signal: change.signal,
  });
  if (result.exitCode !== 0) {
    throw new DriverError(
      "permanent",
      `The restore ended with exit code ${result.exitCode}: ${result.stderr.slice(-500)}`,
    );
  }
}

async function restoreSnapshot(
  connection: CloudConnection,
  ref: ComponentRef,
  change: ChangeContext,
  part: PartRow,
): Promise<void> {
  if (!connection.copyIn) throw new DriverError("permanent", "This cloud cannot copy data in.");
  await connection.copyIn(
    ref,
    part.method.slice("snapshot:".length),
    await readOrRefuse(part),
    change.signal,
  );
}
