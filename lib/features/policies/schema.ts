import { z } from "zod";

export const verdictEffects = ["allow", "warn", "require_approval", "deny"] as const;
export type VerdictEffect = (typeof verdictEffects)[number];

/** The built-in policies that judge a plan. */
export const policyNames = [
  "cost-limit",
  "lost-data",
  "lease-limit",
  "unknown-cost",
  "budget",
  "cloud-warnings",
  "data-loss",
] as const;
export type PolicyName = (typeof policyNames)[number];

/** What one policy says to one plan, with its reason in a sentence. */
export const verdictSchema = z.object({
  policy: z.string(),
  title: z.string(),
  effect: z.enum(verdictEffects),
  reason: z.string(),
});
export type Verdict = z.output<typeof verdictSchema>;
