import { z } from "zod";
import { verdictSchema } from "@/lib/features/policies/schema";
import { quotaUseSchema } from "@/lib/features/quotas/schema";
import { lossListSchema } from "./loss-schema";
import { requestBodies, requestKinds } from "./operations";
import { reason } from "./operations/body-parts";
import { planChangeSchema } from "./plan-change-schema";

export {
  kindNoun,
  pastWords,
  progressWords,
  requestKindLabels,
  requestTitle,
  runWords,
  successWords,
} from "./kind-words";
export type { Loss } from "./loss-schema";
export { type PlanChangeAction, planChangeSchema } from "./plan-change-schema";
export { requestStates } from "./states";

/** What a list of requests can be sorted by. */
export const requestSorts = ["created", "name", "cost"] as const;
export type RequestSort = (typeof requestSorts)[number];

export type { RequestKind } from "@/gen/kysely/enums";
export { environmentName, kindsWhere, operationOf, requestKinds } from "./operations";

export const requestStatuses = [
  "pending_approval",
  "approved",
  "running",
  "succeeded",
  "failed",
  "rejected",
  "cancelled",
  "expired",
] as const;
export type RequestStatus = (typeof requestStatuses)[number];

export const requestStatusLabels: Record<RequestStatus, string> = {
  pending_approval: "Pending approval",
  approved: "Approved",
  running: "Running",
  succeeded: "Completed",
  failed: "Failed",
  rejected: "Rejected",
  cancelled: "Canceled",
  expired: "Expired",
};

/** Body of POST /requests and POST /plans. */
export const requestBody = z.discriminatedUnion("kind", requestBodies);
export type RequestBody = z.output<typeof requestBody>;
export type CreateBody = Extract<RequestBody, { kind: "create" }>;

/**
 * What healing does, from the gentlest to the last: `recover` starts what is dead, `restart` replaces the instances of what
 * lives and is not well, `recreate` makes them again, `restore` does so and puts the data of the newest good backup back.
 */
export const remedies = ["recover", "restart", "recreate", "restore"] as const;
export type Remedy = (typeof remedies)[number];

/** What the system itself may ask for beside what people can. */
export type SystemRequestBody =
  | RequestBody
  | {
      kind: "heal";
      environment: string;
      component: string;
      how: Remedy;
      reason: string;
    };

const money = z.string().nullable();
export const planCostSchema = z.object({
  /** Decimal text per month (730 hours) after the change; null = unknown. */
  monthly: money,
  monthlyBefore: money,
  /** Until the lease ends; null = unknown or no end. */
  untilLeaseEnd: money,
  currency: z.string(),
  lines: z.array(
    z.object({
      component: z.string(),
      meter: z.string(),
      quantity: z.string(),
      unit: z.string(),
      unitPrice: z.string(),
      monthly: z.string(),
    }),
  ),
  unpriced: z.array(z.string()),
});
export type PlanCost = z.output<typeof planCostSchema>;

export const planSchema = z.object({
  digest: z.string(),
  changes: z.array(planChangeSchema),
  cost: planCostSchema,
  /** Null when the environment's lease does not change. */
  lease: z.object({ days: z.number(), endsAt: z.string() }).nullable(),
  placement: z.array(z.object({ cloud: z.string(), chosen: z.boolean(), reason: z.string() })),
  losses: lossListSchema.describe("Data, backups and URLs that the change deletes"),
});
export type PlanDto = z.output<typeof planSchema>;

/** Answer of POST /plans: the plan itself, and under `plan` once more, where the answer of POST /requests has it. */
export const previewSchema = planSchema.extend({
  plan: planSchema,
  verdicts: z.array(verdictSchema),
  quota: z.array(quotaUseSchema),
  /** What would happen on submit. */
  outcome: z.enum(["starts", "needs_approval", "denied", "over_quota"]),
  problems: z.array(z.string()),
});
export type PreviewDto = z.output<typeof previewSchema>;

export const requestSummarySchema = z.object({
  id: z.string(),
  kind: z.enum(requestKinds),
  origin: z.enum(["user", "system"]),
  status: z.enum(requestStatuses),
  environmentId: z.string(),
  environmentName: z.string(),
  project: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
  requester: z.object({ id: z.string(), name: z.string() }).nullable(),
  template: z.object({ name: z.string(), title: z.string(), version: z.string() }),
  reason: z.string(),
  message: z.string(),
  monthly: money,
  currency: z.string(),
  runId: z.string().nullable(),
  createdAt: z.string(),
  decidedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
});
export type RequestSummary = z.output<typeof requestSummarySchema>;

/** Where no one in the project can decide, administrators can. */
export const approversSchema = z.object({
  people: z.array(z.object({ id: z.string(), name: z.string() })),
  administrators: z.boolean().describe("true: the project has no approver, so these are administrators"),
  notifiedAt: z.string().nullable(),
});
export type Approvers = z.output<typeof approversSchema>;

export const requestDetailSchema = requestSummarySchema.extend({
  plan: planSchema.nullable(),
  verdicts: z.array(verdictSchema),
  /** Without secret ones. */
  parameters: z.record(z.string(), z.unknown()),
  /** Names of the secret parameters it set. */
  secretParameters: z.array(z.string()),
  decisions: z.array(
    z.object({
      decision: z.enum(["approve", "reject"]),
      approver: z.string(),
      reason: z.string(),
      digest: z.string(),
      at: z.string(),
    }),
  ),
  /** What the viewer may do now. */
  can: z.object({ decide: z.boolean(), cancel: z.boolean(), repeat: z.boolean() }),
  /** Why the viewer may not decide, when that is so. */
  cannotDecideBecause: z.string().nullable(),
  /** The plan no longer fits the environment: approving plans again. */
  stale: z.boolean(),
  /** Who can decide, and when they were told; null for a request that does not wait. */
  approvers: approversSchema.nullable(),
});
export type RequestDetail = z.output<typeof requestDetailSchema>;

/** Answer of POST /requests. */
export const submittedSchema = z.object({
  id: z.string(),
  status: z.enum(requestStatuses),
  environmentId: z.string(),
  plan: planSchema,
  verdicts: z.array(verdictSchema),
  runId: z.string().optional(),
});
export type SubmittedDto = z.output<typeof submittedSchema>;

export const decisionBody = z.strictObject({
  decision: z.enum(["approve", "reject"]),
  /** Digest of the plan the decision is about. */
  digest: z.string({ error: "Send the digest of the plan you reviewed" }).min(1).max(100),
  reason,
});
export type DecisionBody = z.output<typeof decisionBody>;

export type { CloudOption, LeaseRule, PresetPrice, ProjectOption } from "./form-schema";
