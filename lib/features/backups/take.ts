import { PassThrough, type Readable } from "node:stream";
import type { CloudConnection, ComponentRef } from "@/lib/clouds/contract";
import { connectionFor } from "@/lib/features/clouds";
import { type EnvironmentContext, loadEnvironment } from "@/lib/features/environments";
import { notify } from "@/lib/features/notifications";
import { messageOf } from "@/lib/kernel/errors";
import { execute, getPool, query, withSqlTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { moduleLog } from "@/lib/platform/log";
import { removeStored, type Stored, storeStream } from "@/lib/platform/storage";
import { backupOf } from "./spec";

const limitMs = 30 * 60_000;

interface Claimed {
  id: string;
  environmentId: string;
  createdById: string | null;
  kind: string;
}

interface Part extends Stored {
  component: string;
  method: string;
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
  const folder = `${claimed.environmentId}/${claimed.id}`;
  try {
    await removeStored(folder);
    const parts = await capture(claimed, folder, AbortSignal.timeout(limitMs));
    await record(claimed, parts);
  } catch (error) {
    await removeStored(folder);
    await fail(claimed, error);
  }
  return true;
}

async function capture(claimed: Claimed, folder: string, signal: AbortSignal): Promise<Part[]> {
  const context = await loadEnvironment(claimed.environmentId);
  const parts: Part[] = [];
  for (const existing of context.existing.values()) {
    const backup = backupOf(context, existing.component, existing.kind);
    if (!backup) continue;
    const connection = await connectionFor(existing.cloudId);
    const ref = refOf(context, existing.component);
    const keep = async (method: string, source: Readable) => {
      const name = `${folder}/${existing.component}.${parts.length}.gz`;
      parts.push({ component: existing.component, method, ...(await storeStream(name, source, signal)) });
    };
    if (backup.dump) await keep("dump", dump(connection, ref, backup.dump, signal));
    for (const path of backup.snapshot ?? []) {
      if (!connection.copyOut) throw new Error("This cloud cannot copy data out.");
      await keep(`snapshot:${path}`, await connection.copyOut(ref, path, signal));
    }
  }
  if (parts.length === 0) throw new Error("Nothing in this environment has a backup.");
  return parts;
}

/** Standard output of the dump command as a stream; it breaks when the command fails. */
function dump(
  connection: CloudConnection,
  ref: ComponentRef,
  command: string[],
  signal: AbortSignal,
): Readable {
  const output = new PassThrough();
  if (!connection.exec) throw new Error("This cloud cannot run the dump command.");
  connection
    .exec(ref, { command, stdout: output, timeoutMs: limitMs, signal })
    .then((result) => {
      if (result.exitCode === 0) output.end();
      else
        output.destroy(
          new Error(`The dump ended with exit code ${result.exitCode}: ${result.stderr.slice(-500)}`),
        );
    })
    .catch((error: unknown) => output.destroy(error instanceof Error ? error : new Error(messageOf(error))));
  return output;
}

async function record(claimed: Claimed, parts: readonly Part[]): Promise<void> {
  await withSqlTransaction(async (client) => {
    const total = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    const moved = await client.query(
      `UPDATE backup SET status = 'succeeded', size_bytes = $2, finished_at = now(), expires_at = NULL
       WHERE id = $1 AND status = 'running'`,
      [claimed.id, total],
    );
    if (moved.rowCount !== 1) throw new Error("The backup was ended by somebody else.");
    for (const part of parts) {
      await client.query(
        `INSERT INTO backup_part (backup_id, component, method, location, size_bytes, sha256)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [claimed.id, part.component, part.method, part.location, part.sizeBytes, part.sha256],
      );
    }
    await publishEvent(client, `environment:${claimed.environmentId}`, "backup.succeeded", {
      backupId: claimed.id,
    });
  });
}

async function fail(claimed: Claimed, error: unknown): Promise<void> {
  moduleLog("backups").warn({ err: error, backup: claimed.id }, "a backup failed");
  await execute(
    `UPDATE backup SET status = 'failed', error = $2, finished_at = now(), expires_at = NULL
     WHERE id = $1 AND status = 'running'`,
    [claimed.id, messageOf(error)],
  );
  await publishEvent(getPool(), `environment:${claimed.environmentId}`, "backup.failed", {
    backupId: claimed.id,
  });
  if (!claimed.createdById) return;
  await notify(getPool(), {
    userIds: [claimed.createdById],
    kind: "backup.failed",
    title: "A backup failed",
    body: messageOf(error),
    href: `/environments/${claimed.environmentId}/backups`,
  });
}

export function refOf(context: EnvironmentContext, component: string): ComponentRef {
  return { environmentId: context.row.id, environmentName: context.row.name, component };
}
