import { z } from "zod";
import { verdictSchema } from "@/lib/features/policies/schema";
import { quotaUseSchema } from "@/lib/features/quotas/schema";

/** What a list of requests can be sorted by. */
export const requestSorts = ["created", "name", "cost"] as const;
export type RequestSort = (typeof requestSorts)[number];

export const requestKinds = [
  "create",
  "update",
  "stop",
  "start",
  "restart",
  "repair",
  "heal",
  "scale",
  "extend",
  "backup",
  "restore",
  "action",
  "destroy",
] as const;
export type RequestKind = (typeof requestKinds)[number];

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
  pending_approval: "Waiting for approval",
  approved: "Approved",
  running: "Running",
  succeeded: "Done",
  failed: "Failed",
  rejected: "Rejected",
  cancelled: "Cancelled",
  expired: "Expired",
};

export const requestKindLabels: Record<RequestKind, string> = {
  create: "New environment",
  update: "Change",
  stop: "Stop",
  start: "Start",
  restart: "Restart",
  repair: "Repair",
  heal: "Heal",
  scale: "Scale",
  extend: "Extend lease",
  backup: "Back up",
  restore: "Restore",
  action: "Action",
  destroy: "Destroy",
};

/** Names of environments are DNS labels, because they become host and container names. */
export const environmentName = z
  .string()
  .trim()
  .min(2, "Use at least 2 characters")
  .max(40, "Use at most 40 characters")
  .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, "Use small letters, digits and hyphens, beginning with a letter");

const reason = z.string().trim().max(2_000).default("");
const parameters = z.record(z.string(), z.json()).default({});
const leaseDays = z.int().min(1).max(3_650);

export const createRequestBody = z.strictObject({
  kind: z.literal("create"),
  /** Id or slug. */
  project: z.string().min(1).max(100),
  template: z.string().min(1).max(64),
  version: z.string().max(64).optional(),
  name: environmentName,
  /** Id or name; left out, the best fit is chosen. */
  cloud: z.string().max(100).optional(),
  leaseDays: leaseDays.optional(),
  parameters,
  reason,
});

const environment = z.string().min(1).max(60);
const base = { environment, reason };

export const changeRequestBodies = [
  z.strictObject({
    kind: z.literal("update"),
    ...base,
    /** Version to move to; left out, it stays. */
    version: z.string().max(64).optional(),
    /** Merged over the present ones. */
    parameters,
    cloud: z.string().max(100).optional(),
  }),
  z.strictObject({ kind: z.literal("stop"), ...base }),
  z.strictObject({ kind: z.literal("start"), ...base }),
  z.strictObject({ kind: z.literal("restart"), ...base, component: z.string().max(64).optional() }),
  /** Brings back what is gone or broken outside, one component or all: whatever is left of them. */
  z.strictObject({ kind: z.literal("repair"), ...base, component: z.string().max(64).optional() }),
  z.strictObject({ kind: z.literal("extend"), ...base, leaseDays }),
  z.strictObject({ kind: z.literal("restore"), ...base, backup: z.string().min(1).max(60) }),
  z.strictObject({ kind: z.literal("action"), ...base, action: z.string().min(1).max(64) }),
  z.strictObject({ kind: z.literal("destroy"), ...base }),
] as const;

/** Body of POST /requests and POST /plans. */
export const requestBody = z.discriminatedUnion("kind", [createRequestBody, ...changeRequestBodies]);
export type RequestBody = z.output<typeof requestBody>;
export type CreateBody = z.output<typeof createRequestBody>;

/**
 * What healing does, from the gentlest to the last: `recover` starts what is dead, `restart` replaces the instances of what
 * lives and is not well, `recreate` makes them anew, `restore` does so and puts the data of the newest good backup back.
 */
export type Remedy = "recover" | "restart" | "recreate" | "restore";

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
const size = z.object({ cpu: z.number(), memoryBytes: z.number(), storageBytes: z.number() });

export const planChangeSchema = z.object({
  component: z.string(),
  title: z.string(),
  action: z.string(),
  kind: z.string(),
  cloud: z.object({ id: z.string(), name: z.string() }),
  dependsOn: z.array(z.string()),
  follows: z.boolean(),
  disruptive: z.boolean(),
  reason: z.string(),
  size,
  replicas: z.number(),
  before: z.object({ size, replicas: z.number() }).nullable(),
  diff: z.array(
    z.object({
      path: z.string(),
      before: z.unknown(),
      after: z.unknown(),
      secret: z.boolean().optional(),
      unknown: z.boolean().optional(),
    }),
  ),
  /** Data of it that is gone, and the backup it comes back from; null there when it starts empty. */
  dataLoss: z
    .object({
      what: z.array(z.string()),
      backup: z.object({ id: z.string(), takenAt: z.string() }).nullable(),
    })
    .optional(),
});

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

export const requestDetailSchema = requestSummarySchema.extend({
  plan: planSchema.nullable(),
  verdicts: z.array(verdictSchema),
  parameters: z.record(z.string(), z.unknown()),
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
  can: z.object({ decide: z.boolean(), cancel: z.boolean() }),
  /** Why the viewer may not decide, when that is so. */
  cannotDecideBecause: z.string().nullable(),
  /** The plan no longer fits the environment: approving plans again. */
  stale: z.boolean(),
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
  reason: z.string().trim().max(2_000).default(""),
});
export type DecisionBody = z.output<typeof decisionBody>;

/** A project somebody may ask in, as the request form needs it. Amounts are decimal texts. */
export interface ProjectOption {
  id: string;
  slug: string;
  name: string;
  currency: string;
  approvalLimit: string | null;
  budgetMonthly: string | null;
  /** What environments hold and open requests would add, a month. */
  committedMonthly: string;
  maxLeaseDays: number | null;
}

/** A cloud a person may ask for by name. */
export interface CloudOption {
  name: string;
  title: string;
  driver: string;
  /** What it can run: "process", "container" … */
  implementations: string[];
  /** Null while it was never checked. */
  healthOk: boolean | null;
  /** What its last check said; empty while it was never checked. */
  healthMessage: string;
  isDemo: boolean;
  /** How its components are kept apart: "isolated", "separate users", "not isolated"; null where that is not said. */
  isolation: string | null;
}

/** What a preset would cost a month where it would run now; null = unknown. */
export interface PresetPrice {
  preset: string;
  monthly: string | null;
  currency: string;
}

/** How long environments of a template may live in days, by its manifest. */
export interface LeaseRule {
  defaultDays: number;
  maxDays: number;
}
