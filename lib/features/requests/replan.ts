import { lockEnvironment } from "@/lib/features/environments";
import { lockProject } from "@/lib/features/projects";
import { replaceReservation } from "@/lib/features/quotas";
import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission, systemActor } from "@/lib/platform/auth";
import { inTransaction, readDocuments } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { openPlanSecrets } from "./planning/plan-secrets";
import { planDto, prepareRequest } from "./prepare";
import { type PlanDto, type RequestBody, requestBody } from "./schema";
import { getRequestRow, lockPending, type PendingRow } from "./store";
import { readPlanKey } from "./store-plan";
import { insertPlan, refuseDenied } from "./submit";

/**
 * Plans a waiting request again, because its environment, a price, a budget or a cloud changed. Earlier plans stay as they were; the
 * request now asks for approval of the new one, and reserves what that one needs.
 * @throws AppError not_found, forbidden, conflict, policy_denied, quota_exceeded
 */
export async function replanRequest(actor: Actor, requestId: string): Promise<PlanDto> {
  const row = await getRequestRow(requestId);
  requirePermission(actor, "request.plan", {
    projectId: row.projectId,
    what: "The request",
    objectType: "request",
    objectId: row.id,
  });
  if (row.status !== "pending_approval")
    throw new AppError("conflict", "Only pending requests can be re-planned.");
  const body = await bodyOf(row);
  // The requester's right was checked when it was submitted; the new plan waits for approval all the same.
  const again = { requestId: row.id, environmentId: row.environmentId };
  const prepared = await prepareRequest(systemActor("planning again"), body, { again });
  await refuseDenied(actor, prepared);
  await inTransaction(async (tx) => {
    await lockProject(tx, row.projectId);
    await lockEnvironment(tx, row.environmentId);
    if (!(await lockPending(tx, row.id))) {
      throw new AppError("conflict", "This request was just reviewed or planned again. Reload it.");
    }
    await replaceReservation(tx, { requestId: row.id, projectId: row.projectId }, prepared.delta);
    await insertPlan(tx, row.id, prepared);
    await publishEvent(tx, `request:${row.id}`, "request.planned", {});
    await recordAudit(tx, {
      actor,
      action: "request.plan",
      objectType: "request",
      objectId: row.id,
      projectId: row.projectId,
      detail: { digest: prepared.digest },
    });
  });
  return planDto(prepared);
}

/** What a waiting request asks for, with the secret parameters it gave, which only its earlier plan holds. */
export async function bodyOf(row: PendingRow): Promise<RequestBody> {
  const { secretParameters: given, ...payload } = row.payload;
  const body = readDocuments(requestBody, { ...payload, reason: "" }, "What the request asks for");
  if (!("parameters" in body) || !row.planId) return body;
  const sealed = openPlanSecrets(row.environmentId, (await readPlanKey(row.planId)).sealed);
  // A request from before it kept the names: what its plan would have set is set.
  const names = new Set(Array.isArray(given) ? given : Object.keys(sealed));
  const secrets = Object.entries(sealed).filter(([name]) => names.has(name));
  return {
    ...body,
    parameters: { ...body.parameters, ...(Object.fromEntries(secrets) as typeof body.parameters) },
  };
}
