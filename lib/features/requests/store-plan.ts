import type { z } from "zod";
import { versionRows } from "@/lib/features/catalog/joins";
import { notFound } from "@/lib/kernel/errors";
import { type Db, pooled, readDocuments, rowOf, statements, type Tx, writtenBy } from "@/lib/platform/db";
import { storedPlanSchema } from "./stored-plan-schema";

/** A stored plan as code uses it. */
export interface StoredPlan extends z.output<typeof storedPlanSchema> {
  id: string;
  templateVersionId: string;
  baseGeneration: number;
  digest: string;
  sealed: string | null;
}

/** @throws AppError not_found, conflict when what is stored is no plan */
export async function readPlan(planId: string, db: Db = pooled): Promise<StoredPlan> {
  const row = await db.prisma.plan.findUnique({ where: { id: planId } });
  if (!row) throw notFound("The plan");
  const { id, templateVersionId, baseGeneration, digest, sealed } = row;
  const documents = readDocuments(storedPlanSchema, row, "The stored plan");
  return { id, templateVersionId, baseGeneration, digest, sealed, ...documents };
}

/** What names a plan, and its secrets. @throws AppError not_found */
export async function readPlanKey(planId: string): Promise<Pick<StoredPlan, "id" | "digest" | "sealed">> {
  const select = { id: true, digest: true, sealed: true } as const;
  const key = await pooled.prisma.plan.findUnique({ where: { id: planId }, select });
  if (!key) throw notFound("The plan");
  return key;
}

/** Stores a plan for a request. It is never changed. */
export async function insertPlanRow(
  tx: Tx,
  plan: StoredPlan & { requestId: string; environmentId: string },
): Promise<void> {
  const row = {
    id: plan.id,
    request_id: plan.requestId,
    environment_id: plan.environmentId,
    template_version_id: plan.templateVersionId,
    base_generation: plan.baseGeneration,
    digest: plan.digest,
    parameters: JSON.stringify(plan.parameters),
    changes: JSON.stringify(plan.changes),
    cost: JSON.stringify(plan.cost),
    lease: plan.lease && JSON.stringify(plan.lease),
    placement: JSON.stringify(plan.placement),
    reasons: JSON.stringify(plan.reasons),
    verdicts: JSON.stringify(plan.verdicts),
    sealed: plan.sealed,
    losses: JSON.stringify(plan.losses),
  };
  await writtenBy(statements.insertInto("plan").values(row), tx);
}

/** What a request was for, and the secrets of its plan, sealed; null when there is none. */
export async function findSealedRequest(requestId: string) {
  const request = statements
    .selectFrom("request as q")
    .innerJoin("plan as p", "p.id", "q.plan_id")
    .innerJoin(versionRows.as("v"), "v.id", "p.template_version_id")
    .select([
      "q.project_id as projectId",
      "q.environment_id as environmentId",
      "v.template_id as templateId",
      "p.sealed",
    ])
    .where("q.id", "=", requestId);
  return await rowOf(request);
}
