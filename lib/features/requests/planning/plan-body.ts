import type { PlanBody } from "@/lib/engine/plan";
import type { RequestKind } from "../schema";
import type { StoredPlan } from "../store-plan";

/** What a plan's body is made of: the plan itself, and what it is for. */
export type Signed = Pick<
  StoredPlan,
  | "templateVersionId"
  | "baseGeneration"
  | "parameters"
  | "changes"
  | "cost"
  | "verdicts"
  | "lease"
  | "losses"
  | "placement"
  | "reasons"
> & {
  kind: RequestKind;
  projectId: string;
  environmentId: string;
  environmentName: string;
  context: Record<string, unknown>;
};

type Body = Omit<PlanBody, "secrets">;

/** Everything an approver signs: all that is applied when the plan is carried out. */
export function planBody(plan: Signed): Body {
  return { ...earlierBody(plan), placement: plan.placement, reasons: plan.reasons, context: plan.context };
}

/** The body of plans from before placement, its reasons and the run's context were signed: they have such a digest still. */
export function earlierBody(plan: Signed): Body {
  return {
    // A new environment has its id from the request; a preview and the request itself are to say the same.
    environmentId: plan.kind === "create" ? `${plan.projectId}/${plan.environmentName}` : plan.environmentId,
    kind: plan.kind,
    templateVersionId: plan.templateVersionId,
    baseGeneration: plan.baseGeneration,
    parameters: plan.parameters,
    changes: plan.changes,
    cost: plan.cost,
    verdicts: plan.verdicts,
    // Not the moment but the length: it runs from the decision.
    lease: plan.lease?.days ?? null,
    losses: plan.losses ?? undefined,
  };
}
