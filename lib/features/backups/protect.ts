import {
  type ChangeContext,
  type CloudConnection,
  type ComponentRef,
  DriverError,
} from "@/lib/clouds/contract";
import type { Backup } from "@/lib/engine/template/types";
import { messageOf } from "@/lib/kernel/errors";
import { bytesQuantity } from "@/lib/kernel/quantities";
import { captureComponent, requireRoom } from "./capture";
import { openSafety, settleSafety } from "./safety-record";
import { recordVerified } from "./store";
import { readParts } from "./store-parts";
import { verifyPart } from "./stored-parts";

export interface ProtectInput {
  environmentId: string;
  connection: CloudConnection;
  ref: ComponentRef;
  change: ChangeContext;
  cloudId: string;
  /** The backup of the version that is left, evaluated; undefined when it has none for the component. */
  backup: Backup | undefined;
  /** Paths of the volumes that the change deletes. */
  volumes: readonly string[];
  /** The version that is left. */
  version: string | undefined;
}

/**
 * Copies what a change is about to delete of a component, and reads the copy back. Safe to repeat: nothing was touched yet,
 * so a later attempt captures again.
 * @throws DriverError when no whole copy could be made: the change must not continue
 */
export async function protectComponent(input: ProtectInput): Promise<void> {
  const { change, ref } = input;
  const safety = await openSafety(input.environmentId, change.idempotencyKey, "before-change", input.version);
  if (!safety) throw new DriverError("permanent", "The safety backup no longer exists.");
  try {
    await requireRoom();
    const seen = await input.connection.observe(ref);
    if (!seen.present) throw new DriverError("permanent", `${ref.component} no longer exists in its cloud.`);
    const backup = methodsOf(input, seen.status === "running");
    const capture = { backupId: safety.id, connection: input.connection, ref, signal: change.signal };
    const sizeBytes = await captureComponent(capture, {
      component: ref.component,
      cloudId: input.cloudId,
      backup,
    });
    for (const part of await readParts(safety.id, ref.component)) await verifyPart(part);
    await recordVerified(safety.id);
    change.log(`Safety backup ${safety.id} created and verified (${bytesQuantity(sizeBytes)} compressed).`);
  } catch (error) {
    change.signal.throwIfAborted();
    throw failure(ref.component, error);
  } finally {
    await settleSafety(safety, change.idempotencyKey, "before-change");
  }
}

/**
 * What the template backs up, and each volume that this leaves out. Where a dump can't be made, because the component
 * doesn't run or its cloud runs no commands, the files are copied.
 */
function methodsOf({ backup, connection, volumes, ref }: ProtectInput, runs: boolean): Backup {
  const dump = runs && connection.exec ? backup?.dump : undefined;
  const named = backup?.snapshot ?? [];
  const plain = (path: string) => path.replace(/^\/+|\/+$/g, "");
  const left = dump ? [] : volumes.filter((path) => !named.some((one) => plain(one) === plain(path)));
  const snapshot = [...named, ...left];
  if (!dump && snapshot.length === 0) {
    throw new DriverError("permanent", `${ref.component} is stopped, so its data can’t be dumped.`, {
      hint: "Start the environment and try again.",
    });
  }
  const { dump: _dump, snapshot: _snapshot, ...rest } = backup ?? { keep: {} };
  return { ...rest, ...(dump ? { dump } : {}), ...(snapshot.length > 0 ? { snapshot } : {}) };
}

function failure(component: string, error: unknown): DriverError {
  const kind = error instanceof DriverError ? error.kind : "unknown";
  return new DriverError(
    kind === "unknown" ? "permanent" : kind,
    `The safety backup of ${component} failed, and nothing was changed: ${messageOf(error)}`,
    {
      hint: "Fix the cause and resume, or submit the request again without a safety backup, which requires approval by someone else.",
      cause: error,
    },
  );
}
