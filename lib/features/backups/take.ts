import { DriverError } from "@/lib/clouds/contract";
import { connectionFor } from "@/lib/features/clouds";
import { environmentMasker, loadEnvironment } from "@/lib/features/environments";
import { notify } from "@/lib/features/notifications";
import { messageOf } from "@/lib/kernel/errors";
import { inTransaction, pooled } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { moduleLog } from "@/lib/platform/log";
import { captureComponent, requireRoom } from "./capture";
import { backedComponents } from "./components";
import { backupFiles, backupFolder } from "./files";
import { type Claimed, claimBackup, recordFailed, recordSucceeded, renewClaim } from "./store-claims";
import { deleteParts } from "./store-parts";

const limitMs = 30 * 60_000;
/** A worker that dies leaves its backup to the next one after this long; it renews three times as often. */
const leaseMs = 60_000;
const mostAttempts = 3;

/**
 * Takes a backup that was asked for. Claimed by a lease, so of two messages for one backup one does nothing, and a
 * backup whose worker died is taken again, three times at most.
 * @returns whether this call took it
 */
export async function takeBackup(backupId: string): Promise<boolean> {
  const claimed = await claimBackup(backupId, leaseMs);
  if (!claimed) return false;
  const folder = backupFolder(claimed.environmentId, claimed.id);
  const lost = new AbortController();
  const renewal = setInterval(() => void renew(claimed, lost), leaseMs / 3);
  try {
    // What an earlier attempt left behind is no part of this one.
    await backupFiles().remove(folder);
    if (claimed.attempts > mostAttempts) throw new Error(`Failed: the worker stopped ${mostAttempts} times.`);
    const signal = AbortSignal.any([AbortSignal.timeout(limitMs), lost.signal]);
    await record(claimed, await capture(claimed, signal));
  } catch (error) {
    // The worker that took over begins by clearing the folder, which is its own now.
    if (lost.signal.aborted) return false;
    await backupFiles().remove(folder);
    await fail(claimed, error);
  } finally {
    clearInterval(renewal);
  }
  return true;
}

async function renew(claimed: Claimed, lost: AbortController): Promise<void> {
  try {
    if (!(await renewClaim(claimed, leaseMs))) lost.abort();
  } catch (error) {
    // The database is away for a moment: the next renewal comes before the lease runs out.
    moduleLog("backups").warn({ err: error, backup: claimed.id }, "a backup's lease was not renewed");
  }
}

/** @returns bytes stored */
async function capture(claimed: Claimed, signal: AbortSignal): Promise<number> {
  const context = await loadEnvironment(claimed.environmentId);
  const backed = backedComponents(context);
  if (backed.length === 0) throw new Error("This environment has no components with backups.");
  await requireRoom();
  await deleteParts(claimed.id);
  let total = 0;
  for (const one of backed) {
    const ref = {
      environmentId: context.row.id,
      environmentName: context.row.name,
      component: one.component,
    };
    const connection = await connectionFor(one.cloudId);
    total += await captureComponent({ backupId: claimed.id, connection, ref, signal }, one);
  }
  return total;
}

async function record(claimed: Claimed, sizeBytes: number): Promise<void> {
  if (!(await recordSucceeded(claimed, sizeBytes)))
    throw new Error("The backup was finished by another worker.");
  await publishEvent(pooled, `environment:${claimed.environmentId}`, "backup.succeeded", {
    backupId: claimed.id,
  });
}

async function fail(claimed: Claimed, thrown: unknown): Promise<void> {
  // A dump that fails says why in its own words, and those are stored and sent.
  const error = (await environmentMasker(claimed.environmentId)).maskError(thrown);
  moduleLog("backups").warn({ err: error, backup: claimed.id }, "a backup failed");
  const hint = error instanceof DriverError ? error.hint : undefined;
  const message = [messageOf(error), hint].filter(Boolean).join(" ");
  await inTransaction(async (tx) => {
    const environment = await recordFailed(tx, claimed, message);
    if (!environment) return;
    await publishEvent(tx, `environment:${claimed.environmentId}`, "backup.failed", {
      backupId: claimed.id,
    });
    // Whose data it is and who asked for it: for a scheduled one that is no one.
    const about = new Set([environment.ownerId, claimed.createdById ?? environment.ownerId]);
    const what = claimed.kind === "scheduled" ? "scheduled backup" : "backup";
    await notify(
      tx,
      [...about].map((subjectId) => ({
        kind: "backup.failed" as const,
        subjectId,
        title: `${environment.name}: ${what} failed`,
        body: message,
        href: `/environments/${claimed.environmentId}/backups`,
        environmentId: claimed.environmentId,
      })),
    );
  });
}
