import { Decimal } from "decimal.js";
import { whereItIs } from "@/components/requests/request-steps";
import type { ApprovalCase, RequesterFacts } from "@/lib/features/approvals/schema";
import { projectRoleLabels } from "@/lib/features/projects/schema";
import { requestStatusLabels, runWords } from "@/lib/features/requests/schema";
import { endWords } from "@/lib/features/runs/schema";
import { formatCount, formatMoney } from "@/lib/kernel/format";
import type { ProjectRole } from "@/lib/kernel/permissions";
import type { DecisionOutcome } from "./decision-result";

/** The figure a decision is about: until the lease ends where there is an end, else a month. */
export function decidedAmount(request: ApprovalCase["request"]): {
  amount: string | null;
  period: "until" | "month";
} {
  const cost = request.plan?.cost;
  if (!cost) return { amount: null, period: "month" };
  return cost.untilLeaseEnd !== null && request.kind === "create"
    ? { amount: cost.untilLeaseEnd, period: "until" }
    : { amount: cost.monthly, period: "month" };
}

/** What the button says. */
export function approveLabel(request: ApprovalCase["request"]): string {
  const { amount, period } = decidedAmount(request);
  if (amount === null) return "Approve unknown cost";
  const text = formatMoney(amount, request.currency, {
    rounded: true,
    period: period === "month" ? "month" : undefined,
  });
  return `Approve ${text}`;
}

/** Budget that is left a month when this is approved; negative when it is overdrawn. */
export function budgetLeft(budget: NonNullable<ApprovalCase["budget"]>): string {
  return new Decimal(budget.monthly).minus(budget.after).toFixed(2);
}

/** "Developer in Storefront · 6 earlier requests, 5 completed, 1 rejected". */
export function requesterWords(requester: RequesterFacts, project: string): string {
  const role = requester.role ? projectRoleLabels[requester.role as ProjectRole] : undefined;
  const who = role ? `${role} in ${project}` : `Not a member of ${project}`;
  if (requester.earlier === 0) return `${who} · first request`;
  const ends = [
    requester.succeeded > 0 ? `${requester.succeeded} completed` : "",
    requester.rejected > 0 ? `${requester.rejected} rejected` : "",
    requester.failed > 0 ? `${requester.failed} failed` : "",
  ].filter(Boolean);
  return `${who} · ${[formatCount(requester.earlier, "earlier request"), ...ends].join(", ")}`;
}

/** What became of a request that does not wait any more. */
export function outcomeOf(request: ApprovalCase["request"]): DecisionOutcome {
  const { kind, environmentName, runId, status } = request;
  if (request.decisions.at(-1)?.decision === "approve") {
    const ended = status === "succeeded" || status === "failed" || status === "cancelled";
    const detail = ended ? endWords(kind, environmentName, status) : runWords(kind, environmentName);
    return { tone: status === "failed" ? "bad" : "good", status: "Approved", detail, runId };
  }
  const tone = status === "rejected" ? "bad" : "neutral";
  return { tone, status: requestStatusLabels[status], detail: whereItIs(request), runId };
}
