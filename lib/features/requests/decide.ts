import { loadVersion } from "@/lib/features/catalog";
import { getEnvironmentRow } from "@/lib/features/environments";
import { notify } from "@/lib/features/notifications";
import { releaseReservation } from "@/lib/features/quotas";
import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, refused, requirePermission } from "@/lib/platform/auth";
import { withSqlTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { keepReply } from "@/lib/platform/http";
import { enqueue } from "@/lib/platform/queue";
import type { StoredPlan } from "./plan-row";
import { readPlan } from "./plan-row";
import { matchesDigest, openPlanSecrets } from "./plan-secrets";
import { presentOf, previousOf } from "./previous";
import { recheckPlan, requireStillAllowed } from "./recheck";
import { getRequestRow, lockEnvironmentOf, type PendingRow } from "./request-row";
import { type DecisionBody, type RequestStatus, requestStatusLabels } from "./schema";
import { startRun } from "./start-run";
import { contextOf, explainConflict } from "./submit";

/**
 * Records one person's decision on one plan, named by its digest, and carries it out.
 * @throws AppError not_found, forbidden (own request), conflict (decided already, or not possible any more), stale_plan
 *   (another plan, the environment moved on, or it would be built differently now), quota_exceeded
 */
export async function decideRequest(
  actor: Actor,
  requestId: string,
  decision: DecisionBody,
): Promise<{ status: string; runId: string | null }> {
  const row = await getRequestRow(requestId);
  const target = { projectId: row.projectId, what: "The request", objectType: "request", objectId: row.id };
  requirePermission(actor, "request.decide", target);
  if (actor.userId !== null && row.requesterId === actor.userId) {
    const error = new AppError("forbidden", "You can’t approve your own request.");
    throw await refused(actor, "request.decide", target, error);
  }
  if (row.status !== "pending_approval") {
    const label = requestStatusLabels[row.status as RequestStatus] ?? row.status;
    throw new AppError("conflict", `This request is already ${label.toLowerCase()}.`);
  }
  if (decision.decision === "reject" && decision.reason === "") {
    throw new AppError("validation_failed", "Enter a reason.", {
      problems: [{ path: "reason", message: "is required to reject" }],
    });
  }
  const plan = await readPlan(row.planId ?? "");
  await refuseAltered(row, plan, decision);
  const decided = await withSqlTransaction(async (client) => {
    if (decision.decision === "approve") await requireStillAllowed(client, row);
    await lockEnvironmentOf(client, row);
    // Guarded by the status: of two simultaneous decisions one finds no row.
    const next = decision.decision === "approve" ? "approved" : "rejected";
    const moved = await client.query(
      `UPDATE request SET status = $3::request_status, decided_at = now(), message = $4,
         finished_at = CASE WHEN $3 = 'rejected' THEN now() END
       WHERE id = $1 AND status = 'pending_approval' AND plan_id = $2`,
      [row.id, plan.id, next, decision.decision === "reject" ? decision.reason : ""],
    );
    if (moved.rowCount === 0) {
      throw new AppError("conflict", "This request was just reviewed by someone else.");
    }
    await client.query(
      `INSERT INTO approval (id, request_id, plan_id, plan_digest, approver_id, decision, reason)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [newId("approval"), row.id, plan.id, plan.digest, actor.userId, decision.decision, decision.reason],
    );
    const started = decision.decision === "approve" ? await startApproved(client, row, plan) : null;
    if (decision.decision === "reject") await abandon(client, row);
    await announceDecision(client, actor, row, decision);
    const answer = { status: decision.decision === "approve" ? "running" : "rejected", runId: started };
    await keepReply(client, { status: 201, body: answer });
    return answer;
  }).catch(explainConflict);
  if (decided.runId) await enqueue("runs.wake", { runId: decided.runId });
  return decided;
}

type Client = Parameters<typeof startRun>[0];

async function startApproved(client: Client, row: PendingRow, plan: StoredPlan): Promise<string> {
  const version = await loadVersion(plan.templateVersionId);
  const secretParameters = openPlanSecrets(row.environmentId, plan.sealed);
  // A lease runs from the decision, not from the day somebody asked.
  const lease = plan.lease
    ? { days: plan.lease.days, endsAt: new Date(Date.now() + plan.lease.days * 86_400_000).toISOString() }
    : null;
  return startRun(client, {
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
export async function abandon(client: Client, row: PendingRow): Promise<void> {
  await releaseReservation(client, row.id);
  if (row.kind !== "create") return;
  await client.query(
    `UPDATE environment SET status = 'destroyed', destroyed_at = now(), updated_at = now()
     WHERE id = $1 AND status = 'pending'`,
    [row.environmentId],
  );
}

/** The plan must be the one the person saw; what is to be carried out must be what was stored, and still fit. */
async function refuseAltered(
  row: PendingRow,
  plan: StoredPlan,
  { digest, decision }: DecisionBody,
): Promise<void> {
  if (plan.digest !== digest) {
    throw new AppError("stale_plan", "The plan changed since you opened it. Review the new plan.");
  }
  // What is not wanted may be rejected however much the environment has moved on.
  if (decision === "reject") return;
  const environment = await getEnvironmentRow(row.environmentId);
  const stored = {
    environmentId: row.kind === "create" ? `${row.projectId}/${environment.name}` : row.environmentId,
    kind: row.kind,
    templateVersionId: plan.templateVersionId,
    baseGeneration: plan.baseGeneration,
    parameters: plan.parameters,
    changes: plan.changes,
    cost: plan.cost,
    verdicts: plan.verdicts,
    lease: plan.lease?.days ?? null,
    losses: plan.losses ?? undefined,
  };
  if (!matchesDigest(stored, openPlanSecrets(row.environmentId, plan.sealed), plan.digest))
    throw new AppError("stale_plan", "The stored plan doesn’t match its digest and can’t be approved.");
  if (environment.generation !== plan.baseGeneration) {
    throw new AppError(
      "stale_plan",
      "The environment changed since this plan was created. Re-plan the request.",
    );
  }
  await recheckPlan(row, plan);
}

async function announceDecision(
  client: Client,
  actor: Actor,
  row: PendingRow,
  decision: DecisionBody,
): Promise<void> {
  const kind = decision.decision === "approve" ? "request.approved" : "request.rejected";
  await publishEvent(client, `request:${row.id}`, kind, {});
  await publishEvent(client, `project:${row.projectId}`, kind, { requestId: row.id });
  await publishEvent(client, `environment:${row.environmentId}`, kind, { requestId: row.id });
  await notify(client, {
    kind,
    subjectId: row.requesterId,
    actorId: actor.userId,
    projectId: row.projectId,
    title: `${row.environmentName}: request ${decision.decision === "approve" ? "approved" : "rejected"}`,
    body: [`Reviewed by ${actor.name}.`, decision.reason].filter(Boolean).join(" "),
    href: `/requests/${row.id}`,
  });
  await recordAudit(client, {
    actor,
    action: kind,
    objectType: "request",
    objectId: row.id,
    projectId: row.projectId,
    detail: { digest: decision.digest, reason: decision.reason },
  });
}
