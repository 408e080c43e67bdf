import { z } from "zod";
import { implementationKinds, resourceStatuses } from "@/lib/clouds/contract";
import { requestKinds } from "@/lib/features/requests/schema";
import { runStatuses } from "@/lib/features/runs/schema";

export { environmentStates } from "./states";

export const environmentStatuses = [
  "pending",
  "provisioning",
  "running",
  "changing",
  "stopped",
  "failed",
  "destroying",
  "destroyed",
] as const;
export type EnvironmentStatus = (typeof environmentStatuses)[number];

export const healthStates = ["unknown", "healthy", "degraded", "unhealthy"] as const;
export type HealthState = (typeof healthStates)[number];

export const environmentStatusLabels: Record<EnvironmentStatus, string> = {
  pending: "Pending approval",
  provisioning: "Creating",
  running: "Running",
  changing: "Updating",
  stopped: "Stopped",
  failed: "Failed",
  destroying: "Destroying",
  destroyed: "Destroyed",
};

export const healthLabels: Record<HealthState, string> = {
  unknown: "Unknown",
  healthy: "Healthy",
  degraded: "Degraded",
  unhealthy: "Unhealthy",
};

const money = z.object({
  /** Decimal text per month; null = unknown. */
  monthly: z.string().nullable(),
  currency: z.string(),
});

export const environmentSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(environmentStatuses),
  health: z.enum(healthStates),
  healthMessage: z.string(),
  project: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
  owner: z.object({ id: z.string(), name: z.string() }),
  template: z.object({ name: z.string(), title: z.string(), version: z.string(), icon: z.string() }),
  clouds: z.array(z.string()),
  url: z.string().nullable(),
  leaseEndsAt: z.string().nullable(),
  createdAt: z.string(),
  cost: money,
  /** The newest change, where it failed or was canceled; null once it is resumed, dismissed or followed by another. */
  failedChange: z
    .object({ runId: z.string(), kind: z.enum(requestKinds), status: z.enum(runStatuses) })
    .nullable(),
});
export type EnvironmentSummary = z.output<typeof environmentSummarySchema>;

export const resourceSchema = z.object({
  id: z.string(),
  component: z.string(),
  title: z.string(),
  icon: z.string().nullable(),
  product: z
    .string()
    .nullable()
    .describe("What the image or the program is, such as postgresql; null if unknown"),
  cloud: z.string(),
  cloudId: z.string(),
  driver: z.string(),
  kind: z.enum(implementationKinds),
  externalId: z.string(),
  status: z.enum(resourceStatuses),
  health: z.enum(healthStates),
  healthMessage: z.string(),
  restarts: z.number(),
  cpu: z.number(),
  memoryBytes: z.number(),
  storageBytes: z.number(),
  replicas: z.number(),
  attributes: z.record(z.string(), z.unknown()),
  url: z.string().nullable(),
  /** host:port as people reach it, per logical port. */
  addresses: z.array(z.object({ port: z.string(), address: z.string() })),
  outputs: z.record(z.string(), z.unknown()),
  /** Names of outputs that are shown only on an audited reveal. */
  secretOutputs: z.array(z.string()),
  dependsOn: z.array(z.string()),
  latest: z
    .object({ at: z.string(), cpuCores: z.number().nullable(), memoryBytes: z.number().nullable() })
    .nullable(),
  hasBackup: z.boolean(),
  lastObservedAt: z.string().nullable(),
  createdAt: z.string(),
});
export type ResourceDto = z.output<typeof resourceSchema>;

export const environmentDetailSchema = environmentSummarySchema.extend({
  generation: z.number(),
  /** Without secret ones. */
  parameters: z.record(z.string(), z.unknown()),
  /** Names of the secret parameters that have a value. */
  secretParameters: z.array(z.string()),
  endpoints: z.array(z.object({ component: z.string(), url: z.string() })),
  /** What of it can't be read ("secret password of db"): its key is lost, or the row is damaged. */
  unreadable: z.array(z.string()),
  outputs: z.record(z.string(), z.unknown()),
  /** Titles of the template's outputs; secret ones have no value here. */
  outputList: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      description: z.string(),
      secret: z.boolean(),
      value: z.unknown(),
      /** An address at the portal's own host, which is shown without a link. */
      leadsToPortal: z.boolean(),
    }),
  ),
  resources: z.array(resourceSchema),
  /** What its creation will make, from the plan; null once something exists. */
  planned: z
    .object({
      components: z.array(
        z.object({
          component: z.string(),
          title: z.string(),
          kind: z.enum(implementationKinds),
          product: z.string().nullable(),
          cloud: z.string(),
          dependsOn: z.array(z.string()),
          replicas: z.number(),
          storageBytes: z.number(),
        }),
      ),
      /** Decimal text; null = unknown. */
      monthly: z.string().nullable(),
      leaseDays: z.number().nullable(),
    })
    .nullable(),
  destroyAfter: z.string().nullable(),
  /** When Rostrum retries a destruction that failed after it began to delete. */
  destroyRetryAt: z.string().nullable(),
  readyAt: z.string().nullable(),
  destroyedAt: z.string().nullable(),
  isDemo: z.boolean(),
  activeRunId: z.string().nullable(),
  actions: z.array(
    z.object({ name: z.string(), title: z.string(), description: z.string(), component: z.string() }),
  ),
  maxLeaseDays: z.number(),
  newerVersion: z.string().nullable(),
  /** What the viewer may do. */
  can: z.object({
    change: z.boolean(),
    reveal: z.boolean(),
    backUp: z.boolean(),
    restore: z.boolean(),
    transfer: z.boolean(),
  }),
});
export type EnvironmentDetail = z.output<typeof environmentDetailSchema>;

export const activityKinds = ["request", "incident", "backup"] as const;
export type ActivityKind = (typeof activityKinds)[number];
export const activityKindLabels: Record<ActivityKind, string> = {
  request: "Changes",
  incident: "Incidents",
  backup: "Backups",
};

/** One entry of the one list of everything that ever happened to an environment. */
export const activitySchema = z.object({
  at: z.string(),
  kind: z.enum(activityKinds),
  title: z.string(),
  detail: z.string(),
  who: z.string(),
  tone: z.enum(["neutral", "good", "warning", "bad", "accent"]),
  href: z.string().nullable(),
});
export type ActivityDto = z.output<typeof activitySchema>;

export const environmentUpdate = z.strictObject({
  /** New owner: id or email address of a member of the project who may change environments. */
  owner: z.string().trim().min(1, "Choose a new owner").max(254),
});

export const revealBody = z.strictObject({
  /** Component whose outputs are revealed; left out: the template's own. */
  component: z.string().max(64).optional(),
  name: z.string().min(1).max(100),
});
