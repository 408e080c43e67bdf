import { loadVersion } from "@/lib/features/catalog";
import { dropPendingEnvironment, getEnvironmentRow, lockEnvironment } from "@/lib/features/environments";
import { notify } from "@/lib/features/notifications";
import { releaseReservation } from "@/lib/features/quotas";
import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, refused, requirePermission } from "@/lib/platform/auth";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { keepReply } from "@/lib/platform/http";
import { enqueue } from "@/lib/platform/queue";
import { contextOf } from "./planning/context";
import { earlierBody, planBody } from "./planning/plan-body";
import { matchesDigest, openPlanSecrets } from "./planning/plan-secrets";
import { presentOf, previousOf } from "./planning/previous";
import { recheckPlan, requireStillAllowed } from "./recheck";
import { type DecisionBody, type RequestStatus, requestStatusLabels } from "./schema";
import { startRun } from "./start-run";
import { decidePending, getRequestRow, type PendingRow } from "./store";
import { insertApproval } from "./store-decisions";
import type { StoredPlan } from "./store-plan";
import { readPlan, readPlanKey } from "./store-plan";
import { explainConflict } from "./submit";

/**
 * Records one person's decision on one plan, named by its digest, and carries it out.
 * @throws AppError not_found, forbidden (own request), conflict (decided already, or not possible any more), stale_plan
 *   (another plan, the environment moved on, or it would be built differently now), quota_exceeded
 */
export async function decideRequest(
  actor: Actor,
  requestId: string,
  decision: DecisionBody,
): Promise<{ status: RequestStatus; runId: string | null }> {
  const row = await getRequestRow(requestId);
  const target = { projectId: row.projectId, what: "The request", objectType: "request", objectId: row.id };
  requirePermission(actor, "request.decide", target);
  if (actor.userId !== null && row.requesterId === actor.userId) {
    const error = new AppError("forbidden", "You can’t approve your own request.");
    throw await refused(actor, "request.decide", target, error);
  }
  if (row.status !== "pending_approval") {
    const label = requestStatusLabels[row.status].toLowerCase();
    throw new AppError("conflict", `This request is already ${label}.`);
  }
  if (decision.decision === "reject" && decision.reason === "") {
    throw new AppError("validation_failed", "Enter a reason.", {
      problems: [{ path: "reason", message: "is required to reject" }],
    });
  }
  const approved = decision.decision === "approve";
  const key = await readPlanKey(row.planId ?? "");
  if (key.digest !== decision.digest)
    throw new AppError("stale_plan", "The plan changed since you opened it. Review the new plan.");
  // What is not wanted may be rejected however much the environment has moved on, and whatever became of the plan.
  const plan = approved ? await readUnaltered(row, key.id) : null;
  const decided = await inTransaction(async (tx) => {
    if (approved) await requireStillAllowed(tx, row);
    await lockEnvironment(tx, row.environmentId);
    // Guarded by the status: of two simultaneous decisions one finds no row.
    const decided = { approved, planId: key.id, message: approved ? "" : decision.reason };
    if (!(await decidePending(tx, row.id, decided))) {
      throw new AppError("conflict", "This request was just reviewed or planned again. Reload it.");
    }
    await insertApproval(tx, {
      id: newId("approval"),
      requestId: row.id,
      planId: key.id,
      planDigest: key.digest,
      approverId: actor.userId,
      decision: decision.decision,
      reason: decision.reason,
    });
    const started = plan && (await startApproved(tx, row, plan));
    if (!plan) await abandon(tx, row);
    await announceDecision(tx, actor, row, decision);
    const answer = { status: approved ? ("running" as const) : ("rejected" as const), runId: started };
    await keepReply(tx, { status: 201, body: answer });
    return answer;
  }).catch(explainConflict);
  if (decided.runId) await enqueue("runs.wake", { runId: decided.runId });
  return decided;
}

async function startApproved(tx: Tx, row: PendingRow, plan: StoredPlan): Promise<string> {
  const version = await loadVersion(plan.templateVersionId);
  const secretParameters = openPlanSecrets(row.environmentId, plan.sealed);
  // A lease runs from the decision, not from the day someone asked.
  const lease = plan.lease
    ? { days: plan.lease.days, endsAt: new Date(Date.now() + plan.lease.days * 86_400_000).toISOString() }
    : null;
  return startRun(tx, {
    requestId: row.id,
    planId: plan.id,
    prepared: {
      kind: row.kind,
      environmentId: row.environmentId,
      baseGeneration: plan.baseGeneration,
      version,
      parameters: plan.parameters,
      secretParameters,
      placement: plan.placement,
      changes: plan.changes,
      cost: plan.cost,
      lease,
      losses: plan.losses ?? [],
      context: {
        ...contextOf(row.payload),
        ...previousOf(plan.losses ?? [], plan.changes, await presentOf(row)),
      },
    },
  });
}

/** Frees what the request held; an environment that never came to be gives its name back. */
export async function abandon(tx: Tx, row: PendingRow): Promise<void> {
  await releaseReservation(tx, row.id);
  if (row.kind !== "create") return;
  await dropPendingEnvironment(tx, row.environmentId);
}

/** The plan that is carried out: it must be what was signed, and still fit. */
async function readUnaltered(row: PendingRow, planId: string): Promise<StoredPlan> {
  const plan = await readPlan(planId);
  const environment = await getEnvironmentRow(row.environmentId);
  const { kind, projectId, environmentId } = row;
  const signed = {
    ...plan,
    ...{ kind, projectId, environmentId, environmentName: environment.name, context: contextOf(row.payload) },
  };
  const secrets = openPlanSecrets(environmentId, plan.sealed);
  if (![planBody, earlierBody].some((body) => matchesDigest(body(signed), secrets, plan.digest)))
    throw new AppError("stale_plan", "The stored plan doesn’t match its digest and can’t be approved.");
  if (environment.generation !== plan.baseGeneration) {
    throw new AppError(
      "stale_plan",
      "The environment changed since this plan was created. Re-plan the request.",
    );
  }
  await recheckPlan(row, plan);
  return plan;
}

async function announceDecision(
  tx: Tx,
  actor: Actor,
  row: PendingRow,
  decision: DecisionBody,
): Promise<void> {
  const kind = decision.decision === "approve" ? "request.approved" : "request.rejected";
  await publishEvent(tx, `request:${row.id}`, kind, {});
  await publishEvent(tx, `project:${row.projectId}`, kind, { requestId: row.id });
  await publishEvent(tx, `environment:${row.environmentId}`, kind, { requestId: row.id });
  await notify(tx, {
    kind,
    subjectId: row.requesterId,
    actorId: actor.userId,
    projectId: row.projectId,
    title: `${row.environmentName}: request ${decision.decision === "approve" ? "approved" : "rejected"}`,
    body: [`Reviewed by ${actor.name}.`, decision.reason].filter(Boolean).join(" "),
    href: `/requests/${row.id}`,
  });
  await recordAudit(tx, {
    actor,
    action: kind,
    objectType: "request",
    objectId: row.id,
    projectId: row.projectId,
    detail: { digest: decision.digest, reason: decision.reason },
  });
}
