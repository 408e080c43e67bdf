import { Decimal } from "decimal.js";
import { formatMoney } from "@/lib/kernel/format";
import type { PolicyName, Verdict, VerdictEffect } from "./schema";

/** What a policy may look at. Amounts per month; null = unknown or unlimited, as said. */
export interface PolicyFacts {
  /** Requests that only hold or free what was approved before need no price. */
  raisesCost: boolean;
  currency: string;
  /** Null when something in the plan has no price. */
  monthlyAfter: Decimal | null;
  monthlyBefore: Decimal | null;
  /** Above this monthly cost approval is required; null = no threshold. */
  approvalLimit: Decimal | null;
  /** The project's budget and what its environments and open requests commit to already; null = no budget. */
  budget: { monthly: Decimal; committed: Decimal } | null;
  leaseDays: number | null;
  /** The longest lease the template and the project allow. */
  maxLeaseDays: number | null;
  unpriced: readonly string[];
  /** What a repair cannot bring back as it was, each a sentence; null for requests that repair nothing. */
  lostData: readonly string[] | null;
  /** What the chosen clouds do although people should think twice, each a sentence without its full stop. */
  warnings: readonly string[];
  /** Data that the change deletes, and whether a safety backup is made of it first. */
  losses: readonly { sentence: string; safetyCopy: boolean; reason: string }[];
  /** Whether the environment ever ran: what never did holds nothing that anyone relies on. */
  wasReady: boolean;
}

/** The built-in policies. Every one has a result for every plan, so that people see what was checked. */
export function judge(facts: PolicyFacts): Verdict[] {
  return [
    costLimit(facts),
    leaseLimit(facts),
    unknownCost(facts),
    budgetWarning(facts),
    cloudWarnings(facts),
    dataLoss(facts),
    ...(facts.lostData === null ? [] : [lostData(facts.lostData)]),
  ];
}

function costLimit(facts: PolicyFacts): Verdict {
  const say = verdict("cost-limit", "Monthly cost");
  const { approvalLimit: limit, monthlyAfter: after, monthlyBefore: before } = facts;
  if (!facts.raisesCost) return say("allow", "No cost increase.");
  if (limit === null) return say("allow", "The project has no approval threshold.");
  if (after === null) return say("allow", "Covered by the unknown cost policy.");
  const text = amount(after, facts, "month");
  if (after.lte(limit))
    return say("allow", `${text} is within the approval threshold (${amount(limit, facts, "month")}).`);
  if (before !== null && after.lte(before)) return say("allow", `${text} does not exceed the current cost.`);
  return say(
    "require_approval",
    `${text} exceeds the approval threshold (${amount(limit, facts, "month")}). Approval required.`,
  );
}

function lostData(sentences: readonly string[]): Verdict {
  const say = verdict("lost-data", "Lost data");
  return sentences.length === 0
    ? say("allow", "All data is intact.")
    : say("require_approval", sentences.join(" "));
}

function leaseLimit(facts: PolicyFacts): Verdict {
  const say = verdict("lease-limit", "Maximum lease");
  const { leaseDays, maxLeaseDays } = facts;
  if (leaseDays === null || maxLeaseDays === null) return say("allow", "No lease change.");
  if (leaseDays <= maxLeaseDays)
    return say("allow", `A lease of ${days(leaseDays)} is within the maximum (${days(maxLeaseDays)}).`);
  return say("deny", `A lease of ${days(leaseDays)} exceeds the maximum (${days(maxLeaseDays)}).`);
}

function unknownCost(facts: PolicyFacts): Verdict {
  const say = verdict("unknown-cost", "Unknown cost");
  if (!facts.raisesCost || facts.monthlyAfter !== null) return say("allow", "All components are priced.");
  const parts = facts.unpriced.length > 0 ? ` for ${facts.unpriced.join(", ")}` : "";
  return say("require_approval", `Missing price${parts}. Approval required.`);
}

function budgetWarning(facts: PolicyFacts): Verdict {
  const say = verdict("budget", "Project budget");
  if (!facts.budget) return say("allow", "The project has no budget.");
  const added = (facts.monthlyAfter ?? new Decimal(0)).minus(facts.monthlyBefore ?? 0);
  const after = facts.budget.committed.plus(added);
  const budget = amount(facts.budget.monthly, facts);
  const text = `Committed cost would be ${amount(after, facts)} of the ${budget} monthly budget.`;
  return say(added.lte(0) || after.lte(facts.budget.monthly) ? "allow" : "warn", text);
}

function cloudWarnings({ warnings }: PolicyFacts): Verdict {
  const say = verdict("cloud-warnings", "Cloud warnings");
  if (warnings.length === 0) return say("allow", "No cloud warnings.");
  return say("warn", warnings.map((text) => `${text}.`).join(" "));
}

/** Data goes with a verified copy, or with the word of someone other than the requester. A restore keeps its own copy. */
function dataLoss({ losses, wasReady }: PolicyFacts): Verdict {
  const say = verdict("data-loss", "Data loss");
  if (losses.length === 0) return say("allow", "No data is deleted.");
  const said = (some: typeof losses) => some.map((one) => one.sentence).join(" ");
  const uncopied = losses.filter((one) => !one.safetyCopy && one.reason !== "data_restored");
  if (uncopied.length === 0 || !wasReady) return say("warn", said(losses));
  return say("require_approval", `Data loss. Approval required. ${said(uncopied)}`);
}

/** The strictest of the effects: what happens to the request. */
export function decisiveEffect(verdicts: readonly Verdict[]): VerdictEffect {
  const order: VerdictEffect[] = ["deny", "require_approval", "warn"];
  return order.find((effect) => verdicts.some((one) => one.effect === effect)) ?? "allow";
}

function verdict(policy: PolicyName, title: string) {
  return (effect: VerdictEffect, reason: string): Verdict => ({ policy, title, effect, reason });
}

function amount(value: Decimal, facts: PolicyFacts, period?: "month"): string {
  return formatMoney(value.toFixed(), facts.currency, { period });
}

function days(count: number): string {
  return count === 1 ? "1 day" : `${count} days`;
}
