import { compileParameters } from "@/lib/engine/parameters";
import { requestCancel, resumeRun } from "@/lib/engine/run";
import { loadVersion } from "@/lib/features/catalog";
import { reclaimReservation } from "@/lib/features/quotas";
import { openPlanSecrets, readPlan } from "@/lib/features/requests";
import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query, withSqlTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { enqueue } from "@/lib/platform/queue";
import { readRun } from "./queries";

const duringResume: Record<string, string> = { create: "provisioning", destroy: "destroying" };

/** Cancels a run. @throws AppError conflict when it has ended */
export async function cancelRun(actor: Actor, runId: string): Promise<void> {
  const row = await readRun(actor, runId);
  requireOperate(actor, row);
  await withSqlTransaction(async (client) => {
    if (!(await requestCancel(client, runId, actor.userId)))
      throw new AppError("conflict", "The run has already finished.");
    await publishEvent(client, `run:${runId}`, "run.changed", {});
    await recordAudit(client, {
      actor,
      action: "run.cancel",
      objectType: "run",
      objectId: runId,
      projectId: row.projectId,
    });
  });
  await enqueue("runs.wake", { runId });
}

/**
 * Lets a stopped run go on from where it stopped.
 * @throws AppError conflict when it cannot be resumed or another change is in progress
 */
export async function resumeStoppedRun(actor: Actor, runId: string): Promise<void> {
  const row = await readRun(actor, runId);
  requireOperate(actor, row);
  if (row.environmentStatus === "destroyed") throw new AppError("conflict", "The environment was destroyed.");
  await withSqlTransaction(async (client) => {
    const newer = await client.query(
      "SELECT 1 FROM run WHERE environment_id = $1 AND created_at > $2 AND kind NOT IN ('heal', 'action', 'extend') LIMIT 1",
      [row.environmentId, row.createdAt],
    );
    if (newer.rowCount)
      throw new AppError("conflict", "The environment changed after this run. Submit a new change.");
    // A failed creation that left nothing gave its capacity back.
    await client.query("SELECT 1 FROM project WHERE id = $1 FOR UPDATE", [row.projectId]);
    if (row.requestId) await reclaimReservation(client, row.requestId, row.projectId);
    if (!(await resumeRun(client, runId)))
      throw new AppError("conflict", "Only a stopped run can be resumed.");
    await client.query(
      "UPDATE request SET status = 'running', finished_at = NULL, message = '' WHERE id = $1",
      [row.requestId],
    );
    await client.query(
      "UPDATE environment SET status = $2::environment_status, failed_run_id = NULL, updated_at = now() WHERE id = $1",
      [row.environmentId, duringResume[row.kind] ?? "changing"],
    );
    await publishEvent(client, `run:${runId}`, "run.changed", {});
    await recordAudit(client, {
      actor,
      action: "run.resume",
      objectType: "run",
      objectId: runId,
      projectId: row.projectId,
    });
  }).catch((error: unknown) => {
    if ((error as { code?: string }).code === "23505") {
      throw new AppError("conflict", "Another change of this environment is in progress.");
    }
    throw error;
  });
  await enqueue("runs.wake", { runId });
}

/**
 * What rolling a stopped run back means: the request to make. A failed creation is destroyed, a failed change goes
 * back to the version and parameters of the plan before it.
 */
export async function rollbackRequest(
  actor: Actor,
  runId: string,
): Promise<
  | { kind: "destroy"; environment: string; reason: string }
  | {
      kind: "update";
      environment: string;
      version: string;
      parameters: Record<string, never>;
      reason: string;
    }
> {
  const row = await readRun(actor, runId);
  requireOperate(actor, row);
  const reason = `Rollback of run ${runId}`;
  if (row.kind === "create") return { kind: "destroy", environment: row.environmentId, reason };
  const [earlier] = await query<{ planId: string; versionId: string; version: string }>(
    `SELECT u.plan_id AS "planId", v.id AS "versionId", v.version FROM run u JOIN plan p ON p.id = u.plan_id
     JOIN template_version v ON v.id = p.template_version_id
     WHERE u.environment_id = $1 AND u.created_at < $2 AND u.kind IN ('create', 'update') AND u.status = 'succeeded'
     ORDER BY u.created_at DESC LIMIT 1`,
    [row.environmentId, row.createdAt],
  );
  if (!earlier) throw new AppError("conflict", "There is no earlier version to roll back to.");
  const [plan, { manifest }] = await Promise.all([readPlan(earlier.planId), loadVersion(earlier.versionId)]);
  // What had no value then is cleared, so that nothing of the failed change stays.
  const unset = Object.fromEntries(compileParameters(manifest).names.map((name) => [name, null]));
  return {
    kind: "update",
    environment: row.environmentId,
    version: earlier.version,
    parameters: {
      ...unset,
      ...plan.parameters,
      ...openPlanSecrets(row.environmentId, plan.sealed),
    } as Record<string, never>,
    reason,
  };
}

function requireOperate(actor: Actor, row: { id: string; projectId: string }): void {
  requirePermission(actor, "run.operate", {
    projectId: row.projectId,
    what: "The run",
    objectType: "run",
    objectId: row.id,
  });
}
