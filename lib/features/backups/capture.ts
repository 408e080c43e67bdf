import { pipeline } from "node:stream/promises";
import { commandFailure } from "@/lib/clouds/command-failure";
import { type CloudConnection, type ComponentRef, DriverError } from "@/lib/clouds/contract";
import { maskFor } from "@/lib/features/environments";
import { messageOf } from "@/lib/kernel/errors";
import { formatBytes } from "@/lib/kernel/format";
import type { BackedComponent } from "./components";
import { backupFiles, backupFolder } from "./files";
import { recordPart } from "./store-parts";

/** No component's data takes longer than this to copy. */
const captureTimeoutMs = 60 * 60_000;
/** Below this a backup is not even begun: a full disk hurts everything else on the machine. */
const leastFreeBytes = 256 * 1024 ** 2;

export interface CaptureInput {
  backupId: string;
  connection: CloudConnection;
  ref: ComponentRef;
  signal: AbortSignal;
}

/** @throws DriverError permanent, when there is too little room for any backup */
export async function requireRoom(): Promise<void> {
  const free = await backupFiles().freeBytes();
  if (free >= leastFreeBytes) return;
  throw new DriverError("permanent", `Only ${formatBytes(free)} are free in the backup directory.`, {
    hint: "Free space on the data directory’s disk or delete old backups, then try again.",
  });
}

/**
 * Captures everything a component's backup names and records each part. A part is recorded only once its file is
 * whole and on the disk. Repeating it overwrites.
 * @throws DriverError with a sentence for people
 * @returns bytes stored
 */
export async function captureComponent(
  input: CaptureInput,
  { component, backup }: BackedComponent,
): Promise<number> {
  let total = 0;
  const folder = backupFolder(input.ref.environmentId, input.backupId);
  if (backup.dump) {
    const { dump } = backup;
    total += await part(input, component, "dump", `${folder}/${component}.dump.gz`, (sink) =>
      runDump(input, dump, sink),
    );
  }
  for (const [index, path] of (backup.snapshot ?? []).entries()) {
    const location = `${folder}/${component}.${index}.tar.gz`;
    total += await part(input, component, `snapshot:${path}`, location, (sink) =>
      copyPath(input, path, sink),
    );
  }
  return total;
}

async function part(
  input: CaptureInput,
  component: string,
  method: string,
  location: string,
  produce: (sink: NodeJS.WritableStream) => Promise<void>,
): Promise<number> {
  const stored = await backupFiles()
    .write(location, produce)
    .catch((error) => explain(component, error));
  const { sizeBytes, sha256 } = stored;
  await recordPart(input.backupId, component, { method, location, sizeBytes: BigInt(sizeBytes), sha256 });
  return stored.sizeBytes;
}

async function runDump(input: CaptureInput, command: string[], sink: NodeJS.WritableStream): Promise<void> {
  const { connection, ref, signal } = input;
  if (!connection.exec) throw new DriverError("permanent", "This cloud can’t run the dump command.");
  const result = await connection.exec(ref, { command, stdout: sink, timeoutMs: captureTimeoutMs, signal });
  if (result.exitCode === 0) return;
  // Masked before it is cut: half a secret would not be recognized any more.
  const said = await maskFor(ref.environmentId, result.stderr);
  throw commandFailure(ref.component, command, result, said);
}

async function copyPath(input: CaptureInput, path: string, sink: NodeJS.WritableStream): Promise<void> {
  const { connection, ref, signal } = input;
  if (!connection.copyOut)
    throw new DriverError("permanent", "This cloud can’t copy data out of a component.");
  await pipeline(await connection.copyOut(ref, path, signal), sink, { end: false, signal });
}

function explain(component: string, error: unknown): never {
  if ((error as { code?: string }).code === "ENOSPC") {
    throw new DriverError(
      "permanent",
      `The disk filled up while ${component} was backed up. Partial data was removed.`,
      {
        hint: "Free space on the data directory’s disk or delete old backups, then try again.",
        cause: error,
      },
    );
  }
  if (error instanceof DriverError) throw error;
  throw new DriverError("unknown", `Couldn’t back up ${component}: ${messageOf(error)}`, {
    cause: error,
  });
}
