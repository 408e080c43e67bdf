import type { ClientBase } from "pg";
import { loadVersion } from "@/lib/features/catalog";
import { type NotificationEvent, notify } from "@/lib/features/notifications";
import { submitSystemRequest } from "@/lib/features/requests";
import { parseDurationMs } from "@/lib/kernel/durations";
import { AppError, messageOf } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { query, withSqlTransaction } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { type LeaseAction, type LeasedEnvironment, nextLeaseAction } from "./rules";

interface Row extends LeasedEnvironment {
  id: string;
  name: string;
  ownerId: string;
  projectId: string;
  templateVersionId: string;
}

/** Warns of, stops and destroys what its lease has run out for. @returns how many environments were touched */
export async function leaseTick(nowMs = Date.now()): Promise<number> {
  const rows = await query<Row>(
    `SELECT id, name, owner_id AS "ownerId", project_id AS "projectId", template_version_id AS "templateVersionId", status::text AS status,
       lease_ends_at AS "leaseEndsAt", lease_warned_at AS "leaseWarnedAt", destroy_after AS "destroyAfter"
     FROM environment WHERE destroyed_at IS NULL AND NOT is_demo AND lease_ends_at <= $1
       AND status NOT IN ('pending', 'destroying')
       AND (destroy_after <= $2 OR (destroy_after > $2 AND status = 'running') OR (destroy_after IS NULL AND (lease_ends_at <= $2 OR lease_warned_at IS NULL)))
     ORDER BY lease_ends_at LIMIT 200`,
    [new Date(nowMs + 86_400_000), new Date(nowMs)],
  );
  let touched = 0;
  for (const row of rows) {
    const action = nextLeaseAction(row, nowMs);
    if (!action) continue;
    try {
      await act(row, action, nowMs);
      touched += 1;
    } catch (error) {
      // A change is under way; the next turn comes back to it.
      if (error instanceof AppError && (error.code === "conflict" || error.code === "stale_plan")) continue;
      moduleLog("leases").warn(
        { environment: row.id, err: error },
        `lease action failed: ${messageOf(error)}`,
      );
    }
  }
  return touched;
}

async function act(row: Row, action: NonNullable<LeaseAction>, nowMs: number): Promise<void> {
  if (action === "warn") {
    await withSqlTransaction(async (client) => {
      const warned = await client.query(
        "UPDATE environment SET lease_warned_at = now() WHERE id = $1 AND lease_warned_at IS NULL",
        [row.id],
      );
      if (warned.rowCount === 1)
        await tell(client, row, {
          kind: "lease.ends-soon",
          title: `${row.name}: lease ends within a day`,
          body: "Extend the lease to keep it running.",
        });
    });
    return;
  }
  if (action === "destroy") {
    if (await triedLately(row.id, "destroy")) return;
    // Data that cannot be copied holds up one attempt: its owner was told of that, and keeps nothing for ever by it.
    const again = await hasFailed(row.id);
    await submitSystemRequest("lease end", {
      kind: "destroy",
      environment: row.id,
      reason: again
        ? "Grace period ended, and the attempt with a safety backup failed."
        : "Grace period ended.",
      ...(again && { safetyBackup: false }),
    });
    return;
  }
  if (action === "stop-again") {
    if (await triedLately(row.id, "stop")) return;
    await submitSystemRequest("lease end", { kind: "stop", environment: row.id, reason: "Lease expired." });
    return;
  }
  // The grace begins with the stop; a change under way comes to its end first.
  if (row.status === "provisioning" || row.status === "changing") return;
  const version = await loadVersion(row.templateVersionId);
  const graceMs = parseDurationMs(version.manifest.spec.lifecycle.lease.grace);
  if (row.status === "running") {
    await submitSystemRequest("lease end", { kind: "stop", environment: row.id, reason: "Lease expired." });
  }
  const until = new Date(nowMs + graceMs);
  await withSqlTransaction(async (client) => {
    const marked = await client.query(
      "UPDATE environment SET destroy_after = $2 WHERE id = $1 AND destroy_after IS NULL",
      [row.id, until],
    );
    if (marked.rowCount !== 1) return;
    const stopped = row.status === "running";
    await tell(client, row, {
      kind: stopped ? "lease.stopped" : "lease.destruction-scheduled",
      title: stopped
        ? `${row.name}: lease expired, stopping`
        : `${row.name}: lease expired, destruction scheduled`,
      body: `Extend the lease before ${until.toUTCString()}, or the environment will be destroyed.`,
      facts: [{ label: "Destruction", value: until.toUTCString() }],
    });
    await recordAudit(client, {
      actor: systemActor("lease end"),
      action: "environment.lease-end",
      objectType: "environment",
      objectId: row.id,
      projectId: row.projectId,
      detail: { destroyAfter: until },
    });
  });
}

/** A stop or a destruction that failed is tried again every hour, not with every turn. */
async function triedLately(environmentId: string, kind: "stop" | "destroy"): Promise<boolean> {
  const rows = await query(
    `SELECT 1 FROM request WHERE environment_id = $1 AND kind = $2 AND origin = 'system'
       AND created_at > now() - interval '1 hour' LIMIT 1`,
    [environmentId, kind],
  );
  return rows.length > 0;
}

/** Whether a destruction by the system failed while it made safety backups. */
async function hasFailed(environmentId: string): Promise<boolean> {
  const rows = await query(
    `SELECT 1 FROM request q JOIN step s ON s.run_id = q.run_id
     WHERE q.environment_id = $1 AND q.kind = 'destroy' AND q.origin = 'system' AND q.status = 'failed'
       AND s.action = 'backup' AND s.status = 'failed' LIMIT 1`,
    [environmentId],
  );
  return rows.length > 0;
}

async function tell(
  client: ClientBase,
  row: Row,
  what: Pick<NotificationEvent, "kind" | "title" | "body" | "facts">,
): Promise<void> {
  await notify(client, {
    ...what,
    subjectId: row.ownerId,
    href: `/environments/${row.id}`,
    environmentId: row.id,
  });
}
