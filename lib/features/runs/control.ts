import { compileParameters } from "@/lib/engine/parameters";
import { requestCancel, resumeRun } from "@/lib/engine/run/postgres";
import { loadVersion } from "@/lib/features/catalog";
import { resumeEnvironment } from "@/lib/features/environments";
import { lockProject } from "@/lib/features/projects";
import { reclaimReservation } from "@/lib/features/quotas";
import { openPlanSecrets, readPlan, resumeRequest } from "@/lib/features/requests";
import { operationOf } from "@/lib/features/requests/schema";
import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { enqueue } from "@/lib/platform/queue";
import { readRun } from "./queries";
import { findPlanBefore, wasChangedAfter } from "./store";

/** Cancels a run. @throws AppError conflict when it has ended */
export async function cancelRun(actor: Actor, runId: string): Promise<void> {
  const row = await readRun(actor, runId);
  requireOperate(actor, row);
  await inTransaction(async (tx) => {
    if (!(await requestCancel(tx.client, runId, actor.userId)))
      throw new AppError("conflict", "The run has already finished.");
    await publishEvent(tx, `run:${runId}`, "run.changed", {});
    await recordAudit(tx, {
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
 * Lets a stopped run continue from where it stopped.
 * @throws AppError conflict when it cannot be resumed or another change is in progress
 */
export async function resumeStoppedRun(actor: Actor, runId: string): Promise<void> {
  const row = await readRun(actor, runId);
  requireOperate(actor, row);
  if (row.environmentStatus === "destroyed") throw new AppError("conflict", "The environment was destroyed.");
  await inTransaction(async (tx) => {
    if (await wasChangedAfter(tx, row.environmentId, row.createdAt))
      throw new AppError("conflict", "The environment changed after this run. Submit a new change.");
    // A failed creation that left nothing gave its capacity back.
    await lockProject(tx, row.projectId);
    if (row.requestId) await reclaimReservation(tx, row.requestId, row.projectId);
    if (!(await resumeRun(tx.client, runId)))
      throw new AppError("conflict", "Only a stopped run can be resumed.");
    if (row.requestId && !(await resumeRequest(tx, row.requestId)))
      throw new AppError("conflict", "Only a stopped run can be resumed.");
    const status = operationOf(row.kind).statusDuring;
    if (status && !(await resumeEnvironment(tx, row.environmentId, status)))
      throw new AppError("conflict", "The environment changed after this run. Submit a new change.");
    await publishEvent(tx, `run:${runId}`, "run.changed", {});
    await recordAudit(tx, {
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
  const earlier = await findPlanBefore(row.environmentId, row.createdAt);
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
