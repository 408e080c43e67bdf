import { recordUploadUse } from "@/lib/features/catalog";
import { insertEnvironment, lockEnvironment, type NewEnvironment } from "@/lib/features/environments";
import { notify } from "@/lib/features/notifications";
import { decisiveEffect } from "@/lib/features/policies";
import { lockProject } from "@/lib/features/projects";
import { reserveQuota } from "@/lib/features/quotas";
import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, refused, systemActor } from "@/lib/platform/auth";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { publishEvents } from "@/lib/platform/events";
import { keepReply } from "@/lib/platform/http";
import { enqueue } from "@/lib/platform/queue";
import { approvalNotice } from "./approval-notice";
import { contextOf } from "./planning/context";
import { sealPlanSecrets } from "./planning/plan-secrets";
import { previousIn, previousOf } from "./planning/previous";
import { type Prepared, planDto, prepareRequest } from "./prepare";
import { requireRoomFor } from "./room";
import type { SubmittedDto, SystemRequestBody } from "./schema";
import { anotherChange, startRun } from "./start-run";
import { insertRequest, type NewRequest, setPlan } from "./store";
import { insertPlanRow } from "./store-plan";
import { requireNotPending } from "./waiting";

const approvalDays = 14;

/**
 * Submits a request: plans it, reserves what it needs and either starts its run or leaves it to approvers. All of
 * it in one transaction; the queue is woken after it.
 * @throws AppError policy_denied, quota_exceeded, conflict (also when the same change is pending), insufficient_storage and what `prepareRequest` throws
 */
export async function submitRequest(actor: Actor, body: SystemRequestBody): Promise<SubmittedDto> {
  await requireRoomFor(body.kind);
  const prepared = await prepareRequest(actor, body);
  await refuseDenied(actor, prepared);
  const requestId = newId("request");
  const waits = decisiveEffect(prepared.verdicts) === "require_approval" && actor.via !== "system";
  const submitted = await inTransaction(async (tx) => {
    await lockProject(tx, prepared.project.id);
    if (prepared.body.kind === "create") await insertEnvironment(tx, environmentOf(actor, prepared));
    else await lockPlanned(tx, prepared);
    if (waits) await requireNotPending(tx, askedOf(prepared));
    await insertRequest(tx, requestOf(actor, requestId, prepared, waits));
    const planId = await insertPlan(tx, requestId, prepared);
    await reserveQuota(
      tx,
      { requestId, projectId: prepared.project.id, environmentId: prepared.environmentId },
      prepared.delta,
    );
    const started = waits ? null : await startRun(tx, { requestId, planId, prepared: runInput(prepared) });
    await announce(tx, actor, requestId, prepared, waits);
    const submitted = toSubmitted(requestId, prepared, waits, started);
    await keepReply(tx, { status: 201, body: submitted });
    return submitted;
  }).catch(async (error: unknown) => {
    if (error instanceof AppError && error.code === "quota_exceeded")
      throw await refused(actor, ...attemptOf(prepared), error);
    return explainConflict(error);
  });
  if (submitted.runId) await enqueue("runs.wake", { runId: submitted.runId });
  return submitted;
}

function toSubmitted(
  requestId: string,
  prepared: Prepared,
  waits: boolean,
  runId: string | null,
): SubmittedDto {
  return {
    id: requestId,
    status: waits ? "pending_approval" : "running",
    environmentId: prepared.environmentId,
    plan: planDto(prepared),
    verdicts: prepared.verdicts,
    ...(runId ? { runId } : {}),
  };
}

/** A request of the system itself (healing, lease end, schedule): same way, no one has to approve it. */
export async function submitSystemRequest(reason: string, body: SystemRequestBody): Promise<SubmittedDto> {
  return submitRequest(systemActor(reason), body);
}

/** @throws AppError policy_denied, which is audited */
export async function refuseDenied(actor: Actor, prepared: Prepared): Promise<void> {
  const denials = prepared.verdicts.filter((one) => one.effect === "deny");
  if (denials.length === 0) return;
  const error = new AppError("policy_denied", denials.map((one) => one.reason).join(" "), {
    problems: denials.map((one) => ({ path: one.policy, message: one.reason })),
  });
  throw await refused(actor, ...attemptOf(prepared), error);
}

/** What was tried, for the audit of its refusal. A new environment does not exist, so its project stands for it. */
function attemptOf({ body, project, environmentId }: Prepared) {
  const creates = body.kind === "create";
  const target = {
    projectId: project.id,
    objectType: creates ? "project" : "environment",
    objectId: creates ? project.id : environmentId,
  };
  return [`request.${body.kind}`, target] as const;
}

async function lockPlanned(tx: Tx, prepared: Prepared): Promise<void> {
  const row = await lockEnvironment(tx, prepared.environmentId);
  if (!row || row.status === "destroyed") throw new AppError("not_found", "The environment was not found.");
  if (row.generation !== prepared.baseGeneration) {
    throw new AppError("stale_plan", "The environment changed. Review the updated plan.");
  }
}

function environmentOf(actor: Actor, prepared: Prepared): NewEnvironment {
  if (actor.userId === null) throw new AppError("forbidden", "Only a user can create an environment.");
  return {
    id: prepared.environmentId,
    name: prepared.environmentName,
    projectId: prepared.project.id,
    ownerId: actor.userId,
    versionId: prepared.version.id,
    parameters: prepared.parameters,
    placement: prepared.placement,
    currency: prepared.cost.currency,
    monthly: prepared.cost.monthly,
  };
}

function requestOf(actor: Actor, requestId: string, prepared: Prepared, waits: boolean): NewRequest {
  return {
    id: requestId,
    kind: prepared.body.kind,
    origin: actor.via === "system" ? "system" : "user",
    requesterId: actor.userId,
    projectId: prepared.project.id,
    environmentId: prepared.environmentId,
    payload: payloadOf(prepared),
    reason: prepared.body.reason,
    pendingUntil: waits ? new Date(Date.now() + approvalDays * 86_400_000) : null,
  };
}

/**
 * What was asked for, to plan it again. Secret parameters are kept sealed with the plan; the request names those that it
 * gave, because the plan also holds those that stayed as they were.
 */
function payloadOf({ body, secretParameters }: Prepared): object {
  const { reason: _, ...payload } = body;
  if (!("parameters" in payload)) return payload;
  const given = Object.entries(payload.parameters);
  const sealed = given.flatMap(([name]) => (Object.hasOwn(secretParameters, name) ? [name] : []));
  return {
    ...payload,
    parameters: Object.fromEntries(given.filter(([name]) => !Object.hasOwn(secretParameters, name))),
    secretParameters: body.kind === "create" ? Object.keys(secretParameters) : sealed,
  };
}

function askedOf(prepared: Prepared) {
  const { environmentId, body } = prepared;
  return { environmentId, kind: body.kind, payload: payloadOf(prepared) };
}

/** Stores the immutable plan and makes it the request's current one. */
export async function insertPlan(tx: Tx, requestId: string, prepared: Prepared): Promise<string> {
  const planId = newId("plan");
  await insertPlanRow(tx, {
    id: planId,
    requestId,
    environmentId: prepared.environmentId,
    templateVersionId: prepared.version.id,
    baseGeneration: prepared.baseGeneration,
    digest: prepared.digest,
    parameters: prepared.parameters,
    changes: prepared.changes,
    cost: prepared.cost,
    lease: prepared.lease,
    placement: prepared.placement,
    reasons: prepared.reasons,
    verdicts: prepared.verdicts,
    sealed: sealPlanSecrets(prepared.environmentId, prepared.secretParameters),
    losses: prepared.losses,
  });
  const { environmentId, uploads } = prepared;
  await recordUploadUse(tx, { requestId, environmentId, uploads });
  await setPlan(tx, requestId, planId);
  return planId;
}

/** What a run needs of a prepared request. */
export function runInput(prepared: Prepared) {
  return {
    kind: prepared.body.kind,
    environmentId: prepared.environmentId,
    baseGeneration: prepared.baseGeneration,
    version: prepared.version,
    parameters: prepared.parameters,
    secretParameters: prepared.secretParameters,
    placement: prepared.placement,
    changes: prepared.changes,
    cost: prepared.cost,
    lease: prepared.lease,
    losses: prepared.losses,
    context: {
      ...contextOf(prepared.body),
      ...previousOf(prepared.losses, prepared.changes, previousIn(prepared.context)),
    },
  };
}

async function announce(
  tx: Tx,
  actor: Actor,
  requestId: string,
  prepared: Prepared,
  waits: boolean,
): Promise<void> {
  const payload = { requestId, environmentId: prepared.environmentId };
  await publishEvents(tx, [
    {
      topic: `project:${prepared.project.id}`,
      kind: waits ? "request.waiting" : "request.started",
      payload,
    },
    { topic: `environment:${prepared.environmentId}`, kind: "request.submitted", payload },
  ]);
  if (waits) await notify(tx, approvalNotice(actor, requestId, prepared, approvalDays));
  await recordAudit(tx, {
    actor,
    action: `request.${prepared.body.kind}`,
    objectType: "environment",
    objectId: prepared.environmentId,
    projectId: prepared.project.id,
    detail: {
      request: requestId,
      name: prepared.environmentName,
      digest: prepared.digest,
      monthly: prepared.cost.monthly,
      reason: prepared.body.reason,
    },
  });
}

/** Turns the database's refusals into sentences. */
export function explainConflict(error: unknown): never {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code === "23505" && constraint === "environment_living_name_key") {
    throw new AppError("conflict", "An environment with this name already exists in the project.", {
      problems: [{ path: "name", message: "is already used in this project" }],
    });
  }
  if (code === "23505" && constraint === "run_active_key") {
    throw new AppError("conflict", anotherChange);
  }
  throw error;
}
