import { z } from "zod";

export const relianceSchema = z.object({
  template: z.string(),
  title: z.string(),
  icon: z.string(),
  /** Living environments, and how many of them run. */
  environments: z.number(),
  running: z.number(),
  people: z.number(),
  projects: z.number(),
  /** Environments made in the period, whatever became of them. */
  created: z.number(),
  /** Living ones on a version older than the newest published. */
  outdated: z.number(),
  newest: z.string().nullable(),
});
export type RelianceRow = z.output<typeof relianceSchema>;

export const fulfillmentSchema = z.object({
  template: z.string(),
  title: z.string(),
  requests: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  rejected: z.number(),
  /** Of those that were tried, 0 to 1; null while none was. */
  successRate: z.number().nullable(),
  /** From asking to a working environment, in seconds; null while there is none. */
  leadP50: z.number().nullable(),
  leadP95: z.number().nullable(),
  /** From request to decision, where an approver had to decide. */
  decisionP50: z.number().nullable(),
});
export type FulfillmentRow = z.output<typeof fulfillmentSchema>;

export const sprawlReasons = ["idle", "expired", "unowned", "failed", "stopped"] as const;
export type SprawlReason = (typeof sprawlReasons)[number];
export const sprawlLabels: Record<SprawlReason, string> = {
  idle: "Idle",
  expired: "Lease expired",
  unowned: "Unowned",
  failed: "Failed",
  stopped: "Long stopped",
};

export const sprawlSchema = z.object({
  reason: z.enum(sprawlReasons),
  environmentId: z.string(),
  name: z.string(),
  project: z.string(),
  owner: z.string(),
  /** One sentence: how that is known. */
  detail: z.string(),
  /** Decimal text per month; null = unknown. */
  monthly: z.string().nullable(),
  currency: z.string(),
});
export type SprawlRow = z.output<typeof sprawlSchema>;

export const reportDays = [30, 90, 365] as const;
