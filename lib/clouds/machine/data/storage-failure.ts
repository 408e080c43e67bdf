import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatBytes } from "@/lib/kernel/format";
import { DriverError } from "../../contract";
import type { ComponentHandle } from "../component";
import { measureStored } from "./measure";

/** What it means for a component that it was ended for what it stored: a mark in its directory, until it stores less. */

/** Why a component is ended, in words. Bytes. */
export function exceeded(bytes: number, limit: number): string {
  return `storage limit exceeded (${formatBytes(bytes)} of ${formatBytes(limit)})`;
}

function markerOf({ paths }: ComponentHandle): string {
  return join(paths.root, "storage-exceeded");
}

/** Notes why a component is ended; from then on `storageFailure` answers it. */
export function markStorageEnded(component: ComponentHandle, why: string): void {
  writeFileSync(markerOf(component), why, { mode: 0o600 });
}

/** Why a component was ended for what it stored; null when it was not. */
export function storageFailure(component: ComponentHandle): string | null {
  try {
    return readFileSync(markerOf(component), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

const hint = "Choose a larger size, or restore an earlier backup.";

/** While something of it was under way. @throws DriverError (permanent) when the component was ended for its storage */
export function throwIfStorageEnded(component: ComponentHandle): void {
  const why = storageFailure(component);
  if (why !== null) throw new DriverError("permanent", why, { hint });
}

/** Before a start of one that was ended for its storage. @throws DriverError (permanent) while it still has too much */
export async function requireStorage(component: ComponentHandle): Promise<void> {
  if (storageFailure(component) === null) return;
  const limit = component.record.desired.size.storageBytes;
  const bytes = (await measureStored(component))?.own ?? null;
  if (bytes !== null && limit > 0 && bytes > limit) {
    throw new DriverError("permanent", `${component.ref.component}: ${exceeded(bytes, limit)}`, { hint });
  }
  rmSync(markerOf(component), { force: true });
}
