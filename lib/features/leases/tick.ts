import { loadVersion } from "@/lib/features/catalog";
import { type LeaseRow, listDueLeases, markDestruction, markWarned } from "@/lib/features/environments";
import { type NotificationEvent, notify } from "@/lib/features/notifications";
import { hasBackupStoppedDestruction, submitSystemRequest, wasAskedLately } from "@/lib/features/requests";
import { parseDurationMs } from "@/lib/kernel/durations";
import { AppError, messageOf } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { type LeaseAction, nextLeaseAction } from "./rules";

const dayMs = 86_400_000;

/** Warns of, stops and destroys what its lease has run out for. @returns how many environments were touched */
export async function leaseTick(nowMs = Date.now()): Promise<number> {
  const rows = await listDueLeases(new Date(nowMs), new Date(nowMs + dayMs));
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

async function act(row: LeaseRow, action: NonNullable<LeaseAction>, nowMs: number): Promise<void> {
  if (action === "warn") {
    await inTransaction(async (tx) => {
      if (await markWarned(tx, row.id))
        await tell(tx, row, {
          kind: "lease.ends-soon",
          title: `${row.name}: lease ends within a day`,
          body: "Extend the lease to keep it running.",
        });
    });
    return;
  }
  if (action === "destroy") {
    // One that failed is tried again every hour, not with every turn.
    if (await wasAskedLately(row.id, "destroy")) return;
    // Data that cannot be copied holds up one attempt: its owner was told of that, and keeps nothing for ever by it.
    const again = await hasBackupStoppedDestruction(row.id);
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
    if (await wasAskedLately(row.id, "stop")) return;
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
  await inTransaction(async (tx) => {
    if (!(await markDestruction(tx, row.id, until))) return;
    const stopped = row.status === "running";
    await tell(tx, row, {
      kind: stopped ? "lease.stopped" : "lease.destruction-scheduled",
      title: stopped
        ? `${row.name}: lease expired, stopping`
        : `${row.name}: lease expired, destruction scheduled`,
      body: `Extend the lease before ${until.toUTCString()}, or the environment will be destroyed.`,
      facts: [{ label: "Destruction", value: until.toUTCString() }],
    });
    await recordAudit(tx, {
      actor: systemActor("lease end"),
      action: "environment.lease-end",
      objectType: "environment",
      objectId: row.id,
      projectId: row.projectId,
      detail: { destroyAfter: until },
    });
  });
}

async function tell(
  tx: Tx,
  row: LeaseRow,
  what: Pick<NotificationEvent, "kind" | "title" | "body" | "facts">,
): Promise<void> {
  await notify(tx, {
    ...what,
    subjectId: row.ownerId,
    href: `/environments/${row.id}`,
    environmentId: row.id,
  });
}
