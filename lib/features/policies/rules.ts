import { Decimal } from "decimal.js";
import { formatMoney } from "@/lib/kernel/format";
import type { PolicyName, Verdict, VerdictEffect } from "./schema";

/** What a policy may look at. Amounts per month; null = unknown or unlimited, as said. */
export interface PolicyFacts {
  kind: string;
  currency: string;
  /** Null when something in the plan has no price. */
  monthlyAfter: Decimal | null;
  monthlyBefore: Decimal | null;
  /** Above this monthly cost somebody must approve; null = no limit. */
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

/** Requests that only hold or free what was approved before need no price. */
const free = new Set([
  "destroy",
  "stop",
  "start",
  "restart",
  "repair",
  "heal",
  "restore",
  "backup",
  "action",
]);

/** The built-in guardrails. Every one of them says something to every plan, so that people see what was looked at. */
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
  const say = verdict("cost-limit", "Monthly cost limit");
  const { approvalLimit: limit, monthlyAfter: after, monthlyBefore: before } = facts;
  if (free.has(facts.kind)) return say("allow", "Does not raise the cost.");
  if (limit === null) return say("allow", "The project has no cost limit.");
  if (after === null) return say("allow", "Judged by the rule for unknown costs.");
  const text = `${amount(after, facts)} a month`;
  if (after.lte(limit))
    return say("allow", `${text} is within the project's limit of ${amount(limit, facts)}.`);
  if (before !== null && after.lte(before)) return say("allow", `${text} is no more than before.`);
  return say(
    "require_approval",
    `${text} is over the project's limit of ${amount(limit, facts)}; somebody must approve it.`,
  );
}

function lostData(sentences: readonly string[]): Verdict {
  const say = verdict("lost-data", "Lost data");
  return sentences.length === 0
    ? say("allow", "All data is still there.")
    : say("require_approval", sentences.join(" "));
}

function leaseLimit(facts: PolicyFacts): Verdict {
  const say = verdict("lease-limit", "Longest lease");
  const { leaseDays, maxLeaseDays } = facts;
  if (leaseDays === null || maxLeaseDays === null) return say("allow", "The lease does not change.");
  if (leaseDays <= maxLeaseDays)
    return say("allow", `${days(leaseDays)} is within the ${days(maxLeaseDays)} allowed.`);
  return say("deny", `A lease of ${days(leaseDays)} is longer than the ${days(maxLeaseDays)} allowed.`);
}

function unknownCost(facts: PolicyFacts): Verdict {
  const say = verdict("unknown-cost", "Unknown cost");
  if (free.has(facts.kind) || facts.monthlyAfter !== null) return say("allow", "Every part has a price.");
  const parts = facts.unpriced.length > 0 ? ` for ${facts.unpriced.join(", ")}` : "";
  return say("require_approval", `There is no price${parts}; somebody must approve a cost nobody knows.`);
}

function budgetWarning(facts: PolicyFacts): Verdict {
  const say = verdict("budget", "Project budget");
  if (!facts.budget) return say("allow", "The project has no budget.");
  const added = (facts.monthlyAfter ?? new Decimal(0)).minus(facts.monthlyBefore ?? 0);
  const after = facts.budget.committed.plus(added);
  if (added.lte(0) || after.lte(facts.budget.monthly)) {
    return say(
      "allow",
      `${amount(after, facts)} of ${amount(facts.budget.monthly, facts)} a month would be committed.`,
    );
  }
  return say(
    "warn",
    `The project would commit ${amount(after, facts)} of its ${amount(facts.budget.monthly, facts)} a month.`,
  );
}

function cloudWarnings({ warnings }: PolicyFacts): Verdict {
  const say = verdict("cloud-warnings", "Cloud warnings");
  if (warnings.length === 0) return say("allow", "The clouds have no warnings.");
  return say("warn", warnings.map((text) => `${text}.`).join(" "));
}

/** Data goes with a verified copy, or with the word of someone other than the requester. A restore keeps its own copy. */
function dataLoss({ losses, wasReady }: PolicyFacts): Verdict {
  const say = verdict("data-loss", "Data loss");
  if (losses.length === 0) return say("allow", "No data is deleted.");
  const said = (some: typeof losses) => some.map((one) => one.sentence).join(" ");
  const uncopied = losses.filter((one) => !one.safetyCopy && one.reason !== "data_restored");
  if (uncopied.length === 0 || !wasReady) return say("warn", said(losses));
  return say("require_approval", `Data loss: requires approval. ${said(uncopied)}`);
}

/** The strictest of the effects: what happens to the request. */
export function decisiveEffect(verdicts: readonly Verdict[]): VerdictEffect {
  const order: VerdictEffect[] = ["deny", "require_approval", "warn"];
  return order.find((effect) => verdicts.some((one) => one.effect === effect)) ?? "allow";
}

function verdict(policy: PolicyName, title: string) {
  return (effect: VerdictEffect, reason: string): Verdict => ({ policy, title, effect, reason });
}

function amount(value: Decimal, facts: PolicyFacts): string {
  return formatMoney(value.toFixed(), facts.currency);
}

function days(count: number): string {
  return count === 1 ? "1 day" : `${count} days`;
}
