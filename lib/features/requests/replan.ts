import { replaceReservation } from "@/lib/features/quotas";
import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission, systemActor } from "@/lib/platform/auth";
import { withSqlTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { readPlan } from "./plan-row";
import { openPlanSecrets } from "./plan-secrets";
import { planDto, prepareRequest } from "./prepare";
import { getRequestRow, lockEnvironmentOf, type PendingRow } from "./request-row";
import { type PlanDto, type RequestBody, requestBody } from "./schema";
import { insertPlan, lockProject, refuseDenied } from "./submit";

/**
 * Plans a waiting request anew, because its environment, a price, a budget or a cloud changed. Earlier plans stay as they were; the
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
  await withSqlTransaction(async (client) => {
    await lockProject(client, row.projectId);
    await lockEnvironmentOf(client, row);
    const locked = await client.query(
      "SELECT 1 FROM request WHERE id = $1 AND status = 'pending_approval' FOR UPDATE",
      [row.id],
    );
    if (locked.rowCount === 0) {
      throw new AppError("conflict", "This request was just reviewed by someone else.");
    }
    await replaceReservation(client, { requestId: row.id, projectId: row.projectId }, prepared.delta);
    await insertPlan(client, row.id, prepared);
    await publishEvent(client, `request:${row.id}`, "request.planned", {});
    await recordAudit(client, {
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
  const body = requestBody.parse({ ...payload, reason: "" });
  if (!("parameters" in body) || !row.planId) return body;
  const sealed = openPlanSecrets(row.environmentId, (await readPlan(row.planId)).sealed);
  // A request from before it kept the names: what its plan would have set is set.
  const names = new Set(Array.isArray(given) ? given : Object.keys(sealed));
  const secrets = Object.entries(sealed).filter(([name]) => names.has(name));
  return {
    ...body,
    parameters: { ...body.parameters, ...(Object.fromEntries(secrets) as typeof body.parameters) },
  };
}
