import type { ClientBase } from "pg";
import { recordUploadUse } from "@/lib/features/catalog";
import { notify } from "@/lib/features/notifications";
import { decisiveEffect } from "@/lib/features/policies";
import { reserveQuota } from "@/lib/features/quotas";
import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, refused, systemActor } from "@/lib/platform/auth";
import { withSqlTransaction } from "@/lib/platform/db";
import { publishEvents } from "@/lib/platform/events";
import { keepReply } from "@/lib/platform/http";
import { enqueue } from "@/lib/platform/queue";
import { approvalNotice } from "./approval-notice";
import { sealPlanSecrets } from "./plan-secrets";
import { type Prepared, planDto, prepareRequest } from "./prepare";
import { previousOf } from "./previous";
import { requireRoomFor } from "./room";
import type { SubmittedDto, SystemRequestBody } from "./schema";
import { startRun } from "./start-run";
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
  const submitted = await withSqlTransaction(async (client) => {
    await lockProject(client, prepared.project.id);
    if (prepared.body.kind === "create") await insertEnvironment(client, actor, prepared);
    else await lockEnvironment(client, prepared);
    if (waits) await requireNotPending(client, askedOf(prepared));
    await insertRequest(client, actor, requestId, prepared, waits);
    const planId = await insertPlan(client, requestId, prepared);
    await reserveQuota(
      client,
      { requestId, projectId: prepared.project.id, environmentId: prepared.environmentId },
      prepared.delta,
    );
    const started = waits
      ? null
      : await startRun(client, { requestId, planId, prepared: runInput(prepared) });
    await announce(client, actor, requestId, prepared, waits);
    const submitted = toSubmitted(requestId, prepared, waits, started);
    await keepReply(client, { status: 201, body: submitted });
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

/** A request of the system itself (healing, lease end, schedule): same way, nobody has to approve it. */
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

/** Submissions of one project go one after another, so that quota is counted right. */
export async function lockProject(client: ClientBase, projectId: string): Promise<void> {
  await client.query({
    name: "request_lock_project",
    text: "SELECT 1 FROM project WHERE id = $1 FOR UPDATE",
    values: [projectId],
  });
}

async function lockEnvironment(client: ClientBase, prepared: Prepared): Promise<void> {
  const result = await client.query<{ generation: number; status: string }>({
    name: "request_lock_environment",
    text: "SELECT generation, status::text AS status FROM environment WHERE id = $1 FOR UPDATE",
    values: [prepared.environmentId],
  });
  const row = result.rows[0];
  if (!row || row.status === "destroyed") throw new AppError("not_found", "The environment was not found.");
  if (row.generation !== prepared.baseGeneration) {
    throw new AppError("stale_plan", "The environment changed. Review the updated plan.");
  }
}

async function insertEnvironment(client: ClientBase, actor: Actor, prepared: Prepared): Promise<void> {
  await client.query({
    name: "request_new_environment",
    text: `INSERT INTO environment (id, name, project_id, owner_id, template_version_id, parameters, placement, status,
       currency, monthly_cost, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, $9, now())`,
    values: [
      prepared.environmentId,
      prepared.environmentName,
      prepared.project.id,
      actor.userId ?? "system",
      prepared.version.id,
      JSON.stringify(prepared.parameters),
      JSON.stringify(prepared.placement),
      prepared.cost.currency,
      prepared.cost.monthly,
    ],
  });
}

async function insertRequest(
  client: ClientBase,
  actor: Actor,
  requestId: string,
  prepared: Prepared,
  waits: boolean,
): Promise<void> {
  const { reason } = prepared.body;
  await client.query({
    name: "request_new",
    text: `INSERT INTO request (id, kind, origin, requester_id, project_id, environment_id, payload, reason, status,
       expires_at, decided_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      requestId,
      prepared.body.kind,
      actor.via === "system" ? "system" : "user",
      actor.userId,
      prepared.project.id,
      prepared.environmentId,
      JSON.stringify(payloadOf(prepared)),
      reason,
      waits ? "pending_approval" : "approved",
      waits ? new Date(Date.now() + approvalDays * 86_400_000) : null,
      waits ? null : new Date(),
    ],
  });
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
export async function insertPlan(client: ClientBase, requestId: string, prepared: Prepared): Promise<string> {
  const planId = newId("plan");
  await client.query({
    name: "request_new_plan",
    text: `INSERT INTO plan (id, request_id, environment_id, template_version_id, base_generation, digest, parameters,
       changes, cost, verdicts, sealed, losses)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    values: [
      planId,
      requestId,
      prepared.environmentId,
      prepared.version.id,
      prepared.baseGeneration,
      prepared.digest,
      JSON.stringify(prepared.parameters),
      JSON.stringify(prepared.changes),
      JSON.stringify({
        ...prepared.cost,
        lease: prepared.lease,
        placement: prepared.placement,
        reasons: prepared.reasons,
      }),
      JSON.stringify(prepared.verdicts),
      sealPlanSecrets(prepared.environmentId, prepared.secretParameters),
      JSON.stringify(prepared.losses),
    ],
  });
  const { environmentId, uploads } = prepared;
  await recordUploadUse(client, { requestId, environmentId, uploads });
  await client.query({
    name: "request_set_plan",
    text: "UPDATE request SET plan_id = $2 WHERE id = $1",
    values: [requestId, planId],
  });
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
      ...previousOf(prepared.losses, prepared.changes, prepared.previous),
    },
  };
}

/** What the executor must know of a request beside its plan. */
export function contextOf(
  body: Partial<Record<"backup" | "action", string>> & object,
): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  if (body.backup) context.backup = body.backup;
  if (body.action) context.action = body.action;
  return context;
}

async function announce(
  client: ClientBase,
  actor: Actor,
  requestId: string,
  prepared: Prepared,
  waits: boolean,
): Promise<void> {
  const payload = { requestId, environmentId: prepared.environmentId };
  await publishEvents(client, [
    {
      topic: `project:${prepared.project.id}`,
      kind: waits ? "request.waiting" : "request.started",
      payload,
    },
    { topic: `environment:${prepared.environmentId}`, kind: "request.submitted", payload },
  ]);
  if (waits) await notify(client, approvalNotice(actor, requestId, prepared, approvalDays));
  await recordAudit(client, {
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
    throw new AppError("conflict", "Another change is in progress. Wait for it to finish, or cancel it.");
  }
  throw error;
}
