import { DriverError } from "@/lib/clouds/contract";
import { connectionFor } from "@/lib/features/clouds";
import { loadEnvironment } from "@/lib/features/environments";
import { notify } from "@/lib/features/notifications";
import { messageOf } from "@/lib/kernel/errors";
import { execute, getPool, query } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { moduleLog } from "@/lib/platform/log";
import { captureComponent, requireRoom } from "./capture";
import { backedComponents } from "./components";
import { backupFolder, backupStore } from "./store";

const limitMs = 30 * 60_000;

interface Claimed {
  id: string;
  environmentId: string;
  createdById: string | null;
  kind: string;
}

/**
 * Takes a backup that was asked for. Claimed by a lease in `expires_at`, so of two messages for one backup one does
 * nothing, and a backup whose worker died is taken again.
 * @returns whether this call took it
 */
export async function takeBackup(backupId: string): Promise<boolean> {
  const [claimed] = await query<Claimed>(
    `UPDATE backup SET expires_at = now() + $2 * interval '1 millisecond'
     WHERE id = $1 AND status = 'running' AND (expires_at IS NULL OR expires_at < now())
     RETURNING id, environment_id AS "environmentId", created_by_id AS "createdById", kind`,
    [backupId, limitMs + 60_000],
  );
  if (!claimed) return false;
  const folder = backupFolder(claimed.environmentId, claimed.id);
  try {
    // What an earlier attempt left behind is no part of this one.
    await backupStore().remove(folder);
    await record(claimed, await capture(claimed, AbortSignal.timeout(limitMs)));
  } catch (error) {
    await backupStore().remove(folder);
    await fail(claimed, error);
  }
  return true;
}

/** @returns bytes stored */
async function capture(claimed: Claimed, signal: AbortSignal): Promise<number> {
  const context = await loadEnvironment(claimed.environmentId);
  const backed = backedComponents(context);
  if (backed.length === 0) throw new Error("Nothing in this environment has a backup.");
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
    `UPDATE backup SET status = 'succeeded', size_bytes = $2, finished_at = now(), expires_at = NULL
     WHERE id = $1 AND status = 'running'`,
    [claimed.id, sizeBytes],
  );
  if (moved !== 1) throw new Error("The backup was ended by somebody else.");
  await publishEvent(getPool(), `environment:${claimed.environmentId}`, "backup.succeeded", {
    backupId: claimed.id,
  });
}

async function fail(claimed: Claimed, error: unknown): Promise<void> {
  moduleLog("backups").warn({ err: error, backup: claimed.id }, "a backup failed");
  const hint = error instanceof DriverError ? error.hint : undefined;
  const message = [messageOf(error), hint].filter(Boolean).join(" ");
  await execute(
    `UPDATE backup SET status = 'failed', error = $2, finished_at = now(), expires_at = NULL
     WHERE id = $1 AND status = 'running'`,
    [claimed.id, message],
  );
  await publishEvent(getPool(), `environment:${claimed.environmentId}`, "backup.failed", {
    backupId: claimed.id,
  });
  if (!claimed.createdById) return;
  await notify(getPool(), {
    userIds: [claimed.createdById],
    kind: "backup.failed",
    title: "A backup failed",
    body: message,
    href: `/environments/${claimed.environmentId}/backups`,
  });
}
