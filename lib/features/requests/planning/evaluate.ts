import { Decimal } from "decimal.js";
import { judge } from "@/lib/features/policies";
import { operationOf } from "../operations";
import { contextOf } from "./context";
import { lossesOf } from "./losses";
import { planBody } from "./plan-body";
import { digestWithSecrets } from "./plan-secrets";
import { lossSentence } from "./repair-changes";
import type { EvaluatedPlan, PricedPlan } from "./stages";

/** What the plan deletes, what the policies say, and the digest over all that is applied. Pure. */
export function evaluatePlan(priced: PricedPlan): EvaluatedPlan {
  const { kind, body, project, cost, changes, lease, context, committed } = priced;
  const losses = lossesOf(priced, wantsCopy(priced));
  const verdicts = judge({
    raisesCost: operationOf(kind).raisesCost,
    currency: project.currency,
    monthlyAfter: decimal(cost.monthly),
    monthlyBefore: decimal(cost.monthlyBefore),
    approvalLimit: decimal(project.approvalLimit),
    budget:
      project.budgetMonthly !== null && committed !== null
        ? { monthly: new Decimal(project.budgetMonthly), committed: new Decimal(committed) }
        : null,
    leaseDays: lease?.days ?? null,
    maxLeaseDays: priced.maxLeaseDays,
    unpriced: cost.unpriced,
    lostData: kind === "repair" ? changes.flatMap(lossSentence) : null,
    warnings: priced.warnings,
    losses: losses.filter((one) => one.kind === "data"),
    wasReady: context?.row.readyAt != null,
  });
  const signed = {
    ...priced,
    ...{ projectId: project.id, templateVersionId: priced.version.id },
    ...{ verdicts, losses, context: contextOf(body) },
  };
  return {
    ...priced,
    losses,
    verdicts,
    digest: digestWithSecrets(planBody(signed), priced.secretParameters),
  };
}

/** What never ran holds nothing to keep, and a broken creation must not be kept from its end by a copy that fails. */
function wantsCopy({ body, context }: PricedPlan): boolean {
  if ("safetyBackup" in body && body.safetyBackup === false) return false;
  return body.kind !== "destroy" || context?.row.readyAt != null;
}

function decimal(text: string | null): Decimal | null {
  return text === null ? null : new Decimal(text);
}
