import { z } from "zod";
import { allowanceRules } from "@/lib/clouds/allowances";
import { environmentStatuses } from "@/lib/features/environments/schema";
import { lineText } from "@/lib/kernel/text";

const size = z.object({ cpu: z.number(), memoryBytes: z.number(), storageBytes: z.number() });

export const cloudName = z
  .string()
  .trim()
  .min(1, "must not be empty")
  .max(40, "use at most 40 characters")
  .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, "use lowercase letters, digits and hyphens, starting with a letter");

const title = lineText(100);
const config = z.record(z.string(), z.unknown());
const credentials = z.record(z.string().min(1).max(100), z.string().max(100_000));
const labels = z.record(z.string().min(1).max(63), z.string().max(200));

export const createCloudBody = z.strictObject({
  name: cloudName,
  title,
  driver: z.string().min(1).max(40),
  config: config.default({}),
  /** Kept encrypted and never answered. */
  credentials: credentials.default({}),
  labels: labels.default({}),
  priceBookId: z.string().nullable().default(null),
  enabled: z.boolean().default(true),
});
export type CreateCloud = z.output<typeof createCloudBody>;

/** What is absent stays. Credentials are merged by name; an empty text removes one. */
export const updateCloudBody = z.strictObject({
  title: title.optional(),
  config: config.optional(),
  credentials: credentials.optional(),
  labels: labels.optional(),
  priceBookId: z.string().nullable().optional(),
  enabled: z.boolean().optional(),
});
export type UpdateCloud = z.output<typeof updateCloudBody>;

export const cloudParams = z.object({ id: z.string().min(1).max(64) });

const allowance = z.object({
  subject: z.string(),
  rule: z.enum(allowanceRules),
  detail: z.string(),
  /** Keys of `config` that decide. */
  settings: z.array(z.string()),
});
export type AllowanceDto = z.output<typeof allowance>;

export const cloudSchema = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  driver: z.string(),
  driverTitle: z.string(),
  implementations: z.array(z.string()),
  capabilities: z.array(z.string()),
  config,
  /** Names of the stored credentials; values are never answered. */
  credentialNames: z.array(z.string()),
  labels: z.record(z.string(), z.string()),
  priceBookId: z.string().nullable(),
  enabled: z.boolean(),
  isDemo: z.boolean(),
  /** Null while no one has looked yet. */
  healthOk: z.boolean().nullable(),
  healthMessage: z.string(),
  version: z.string().nullable(),
  capacity: z.object({ total: size, free: size }).nullable(),
  facts: z.record(z.string(), z.string()),
  /** What components may ask of it. Null when its driver is unknown or its configuration no longer valid. */
  allowances: z.object({ title: z.string(), rows: z.array(allowance) }).nullable(),
  warning: z.string().nullable().describe("What an administrator needs to change; null if nothing"),
  checkedAt: z.iso.datetime().nullable(),
  /** Living environments and resources on it, and what they hold. */
  environments: z.number(),
  resources: z.number(),
  held: size,
  createdAt: z.iso.datetime(),
});
export type CloudDto = z.output<typeof cloudSchema>;
export const cloudListSchema = z.object({ items: z.array(cloudSchema) });

export const orphanKinds = ["managed", "other_installation", "external"] as const;
export type OrphanKind = (typeof orphanKinds)[number];
/** Where an orphaned resource comes from, in words. */
export const orphanKindLabels: Record<OrphanKind, string> = {
  managed: "Managed",
  other_installation: "Another Rostrum",
  external: "External",
};

export const orphanSchema = z.object({
  externalId: z.string(),
  name: z.string(),
  type: z.string(),
  kind: z
    .enum(orphanKinds)
    .describe(
      "managed: created by this installation; other_installation: by another Rostrum; external: outside Rostrum",
    ),
  environmentId: z.string().nullable(),
  component: z.string().nullable(),
  createdAt: z.iso.datetime().nullable(),
  /** Name and status of the environment that the label names; null when Rostrum has no record of it. */
  environment: z.object({ name: z.string(), status: z.enum(environmentStatuses) }).nullable(),
  ignored: z.boolean().describe("Ignored by an administrator"),
  can: z.object({ adopt: z.boolean(), remove: z.boolean(), ignore: z.boolean() }),
});
export type OrphanDto = z.output<typeof orphanSchema>;
export const orphanQuery = z.object({
  ignored: z.enum(["true", "false"]).default("false").describe("true: include ignored resources"),
});

const orphanKey = { type: lineText(40), externalId: z.string().min(1).max(500) };
export const orphanActionBody = z.discriminatedUnion("action", [
  /** Makes it a resource of its environment again. */
  z.strictObject({ action: z.literal("adopt"), ...orphanKey }),
  /** Deletes it from the cloud with its data. `confirm` is its name. */
  z.strictObject({ action: z.literal("remove"), ...orphanKey, confirm: lineText(500) }),
  z.strictObject({
    action: z.literal("ignore"),
    ...orphanKey,
    reason: z.string().trim().max(500).default(""),
  }),
  /** Lists it again. */
  z.strictObject({ action: z.literal("unignore"), ...orphanKey }),
]);
export type OrphanAction = z.output<typeof orphanActionBody>;
export const orphanResultSchema = z.object({
  externalId: z.string(),
  name: z.string(),
  outcome: z.enum(["adopted", "removed", "ignored", "listed"]),
});
export type OrphanResult = z.output<typeof orphanResultSchema>;

/** Something of Rostrum's that stands in the way of deleting a cloud. */
export const cloudContentSchema = z.object({
  type: z.enum(["run", "request", "environment", "resource", "orphan", "unknown"]),
  id: z.string(),
  name: z.string(),
  detail: z.string(),
});
export type CloudContent = z.output<typeof cloudContentSchema>;
export const cloudContentsSchema = z.object({
  items: z.array(cloudContentSchema),
  acknowledgement: z.string().describe("Identifies exactly this list; send it with DELETE and force"),
});
export type CloudContents = z.output<typeof cloudContentsSchema>;

export const deleteCloudQuery = z.object({
  force: z.enum(["true", "false"]).default("false"),
  acknowledgement: z.string().max(100).optional().describe("Acknowledgement of the list you reviewed"),
});

/** What environments were promised of a cloud, and what it has. Capacity is null when the cloud can’t say. */
export function allocationOf(
  cloud: Pick<CloudDto, "held" | "capacity">,
  which: keyof CloudDto["held"],
): { allocated: number; capacity: number | null } {
  return { allocated: cloud.held[which], capacity: cloud.capacity?.total[which] || null };
}

export const orphanListSchema = z.object({ items: z.array(orphanSchema), truncated: z.boolean() });

export const driverSchema = z.object({
  kind: z.string(),
  title: z.string(),
  implementations: z.array(z.string()),
  capabilities: z.array(z.string()),
  /** JSON Schema of a cloud's `config`. */
  configSchema: z.record(z.string(), z.unknown()),
});
export type DriverDto = z.output<typeof driverSchema>;
export const driverListSchema = z.object({ items: z.array(driverSchema) });

/** How well a cloud keeps components from each other and from Rostrum, as its driver tells it in its facts. */
export const isolationSchema = z.enum(["namespaces", "separate users", "none"]);
export type Isolation = z.output<typeof isolationSchema>;

/** The same in words for people. */
export const isolationLabels: Record<Isolation, string> = {
  namespaces: "isolated",
  "separate users": "separate users",
  none: "not isolated",
};

/** What the driver's last check said, as the column `health_detail` holds it. */
export const healthDetailSchema = z.object({
  version: z.string().optional(),
  capacity: z.object({ total: size, free: size }).nullish(),
  ports: z.object({ total: z.number(), free: z.number() }).nullish(),
  facts: z.record(z.string(), z.string()).optional(),
});

/** An enabled cloud and what its last check found. */
export interface CloudHealth {
  id: string;
  title: string;
  /** Null before the first check. */
  healthOk: boolean | null;
}
