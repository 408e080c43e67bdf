import { formPages } from "@/lib/engine/parameters";
import { requireUploads } from "@/lib/features/catalog";
import { decisiveEffect } from "@/lib/features/policies";
import { quotaProblems } from "@/lib/features/quotas";
import type { Actor } from "@/lib/platform/auth";
import { operationOf } from "./operations";
import { evaluatePlan } from "./planning/evaluate";
import { type LoadOptions, loadPlanInput } from "./planning/load";
import { placePlan } from "./planning/place";
import { pricePlan } from "./planning/price";
import { resolvePlan } from "./planning/resolve";
import type { EvaluatedPlan, ResolvedPlan } from "./planning/stages";
import type { PreviewDto, SystemRequestBody } from "./schema";

/** A request worked out: everything that is stored when it is submitted. */
export interface Prepared extends EvaluatedPlan {
  /** Ids of the uploads that the parameters name. */
  uploads: string[];
}

/**
 * Works a request out, stage by stage (planning/stages.ts). Writes nothing.
 * @throws AppError not_found, forbidden, validation_failed, no_placement, conflict, unavailable
 */
export async function prepareRequest(
  actor: Actor,
  body: SystemRequestBody,
  options: LoadOptions = {},
): Promise<Prepared> {
  const resolved = resolvePlan(await loadPlanInput(actor, body, options));
  const uploads = await usableUploads(actor, resolved);
  const placed = await placePlan(resolved);
  return { ...evaluatePlan(pricePlan(placed)), uploads };
}

/** A prepared request as POST /plans answers it. */
export function toPreview(prepared: Prepared): PreviewDto {
  const overQuota = quotaProblems(prepared.quota);
  const effect = decisiveEffect(prepared.verdicts);
  const outcome =
    effect === "deny"
      ? "denied"
      : overQuota.length > 0
        ? "over_quota"
        : effect === "require_approval"
          ? "needs_approval"
          : "starts";
  const plan = planDto(prepared);
  return {
    ...plan,
    plan,
    verdicts: prepared.verdicts,
    quota: prepared.quota,
    outcome,
    problems: [
      ...prepared.verdicts.filter((one) => one.effect === "deny").map((one) => one.reason),
      ...overQuota,
    ],
  };
}

export function planDto(prepared: Prepared): PreviewDto["plan"] {
  return {
    digest: prepared.digest,
    changes: prepared.changes,
    cost: prepared.cost,
    lease: prepared.lease,
    placement: prepared.reasons,
    losses: prepared.losses,
  };
}

/** Only what sets parameters is checked: an environment that runs may be stopped, healed and destroyed as it is. */
async function usableUploads(actor: Actor, resolved: ResolvedPlan): Promise<string[]> {
  if (!operationOf(resolved.kind).setsParameters) return [];
  return await requireUploads(actor, {
    projectId: resolved.project.id,
    environmentId: resolved.environmentId,
    parameters: { ...resolved.parameters, ...resolved.secretParameters },
    uploadFields: formPages(resolved.version.manifest).flatMap(({ fields }) =>
      fields.flatMap(({ name, widget }) => (widget === "upload" ? name : [])),
    ),
  });
}
