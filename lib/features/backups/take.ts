import { DriverError } from "@/lib/clouds/contract";
import { connectionFor } from "@/lib/features/clouds";
import { environmentMasker, loadEnvironment } from "@/lib/features/environments";
import { notify } from "@/lib/features/notifications";
import { messageOf } from "@/lib/kernel/errors";
import { execute, getPool, query, withSqlTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { moduleLog } from "@/lib/platform/log";
import { captureComponent, requireRoom } from "./capture";
import { backedComponents } from "./components";
import { backupFolder, backupStore } from "./store";

const limitMs = 30 * 60_000;
/** A worker that dies leaves its backup to the next one after this long; it renews three times as often. */
const leaseMs = 60_000;
const mostAttempts = 3;

interface Claimed {
  id: string;
  environmentId: string;
  createdById: string | null;
  kind: string;
  /** Grows with every claim: what an earlier worker still writes changes no row. */
  attempts: number;
}

/**
 * Takes a backup that was asked for. Claimed by a lease, so of two messages for one backup one does nothing, and a
 * backup whose worker died is taken again, three times at most.
 * @returns whether this call took it
 */
export async function takeBackup(backupId: string): Promise<boolean> {
  const [claimed] = await query<Claimed>(
    `UPDATE backup SET lease_until = now() + $2 * interval '1 millisecond', attempts = attempts + 1
     WHERE id = $1 AND status = 'running' AND kind NOT IN ('before-restore', 'before-change')
       AND (lease_until IS NULL OR lease_until < now())
     RETURNING id, environment_id AS "environmentId", created_by_id AS "createdById", kind, attempts`,
    [backupId, leaseMs],
  );
  if (!claimed) return false;
  const folder = backupFolder(claimed.environmentId, claimed.id);
  const lost = new AbortController();
  const renewal = setInterval(() => void renew(claimed, lost), leaseMs / 3);
  try {
    // What an earlier attempt left behind is no part of this one.
    await backupStore().remove(folder);
    if (claimed.attempts > mostAttempts) throw new Error(`Failed: the worker stopped ${mostAttempts} times.`);
    const signal = AbortSignal.any([AbortSignal.timeout(limitMs), lost.signal]);
    await record(claimed, await capture(claimed, signal));
  } catch (error) {
    // Whoever took over begins by clearing the folder; it is theirs now.
    if (lost.signal.aborted) return false;
    await backupStore().remove(folder);
    await fail(claimed, error);
  } finally {
    clearInterval(renewal);
  }
  return true;
}

async function renew(claimed: Claimed, lost: AbortController): Promise<void> {
  try {
    const kept = await execute(
      `UPDATE backup SET lease_until = now() + $3 * interval '1 millisecond'
       WHERE id = $1 AND attempts = $2 AND status = 'running'`,
      [claimed.id, claimed.attempts, leaseMs],
    );
    if (kept === 0) lost.abort();
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
  await execute("DELETE FROM backup_part WHERE backup_id = $1", [claimed.id]);
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
  const moved = await execute(
    `UPDATE backup SET status = 'succeeded', size_bytes = $2, finished_at = now(), lease_until = NULL
     WHERE id = $1 AND status = 'running' AND attempts = $3`,
    [claimed.id, sizeBytes, claimed.attempts],
  );
  if (moved !== 1) throw new Error("The backup was finished by another worker.");
  await publishEvent(getPool(), `environment:${claimed.environmentId}`, "backup.succeeded", {
    backupId: claimed.id,
  });
}

async function fail(claimed: Claimed, thrown: unknown): Promise<void> {
  // A dump that fails says why in its own words, and those are stored and sent.
  const error = (await environmentMasker(claimed.environmentId)).maskError(thrown);
  moduleLog("backups").warn({ err: error, backup: claimed.id }, "a backup failed");
  const hint = error instanceof DriverError ? error.hint : undefined;
  const message = [messageOf(error), hint].filter(Boolean).join(" ");
  await withSqlTransaction(async (client) => {
    const moved = await client.query<{ name: string; ownerId: string }>(
      `UPDATE backup b SET status = 'failed', error = $2, finished_at = now(), lease_until = NULL
       FROM environment e WHERE b.id = $1 AND b.status = 'running' AND b.attempts = $3 AND e.id = b.environment_id
       RETURNING e.name, e.owner_id AS "ownerId"`,
      [claimed.id, message, claimed.attempts],
    );
    const environment = moved.rows[0];
    if (!environment) return;
    await publishEvent(client, `environment:${claimed.environmentId}`, "backup.failed", {
      backupId: claimed.id,
    });
    // Whose data it is and who asked for it: for a scheduled one that is nobody.
    const about = new Set([environment.ownerId, claimed.createdById ?? environment.ownerId]);
    const what = claimed.kind === "scheduled" ? "scheduled backup" : "backup";
    await notify(
      client,
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
