import { z } from "zod";
import { type ProjectRole, projectRoles } from "@/lib/kernel/permissions";
import { lineText } from "@/lib/kernel/text";
import { textUpTo } from "@/lib/kernel/text-schema";

/** An amount of money that is not negative, as a decimal text; numbers are accepted and made texts. */
const amount = z
  .union([z.string(), z.number().finite()])
  .transform((value) => String(value).trim())
  .refine((text) => /^\d{1,9}(\.\d{1,10})?$/.test(text), "Enter an amount, for example 250 or 99.50");
const bytes = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const slugSchema = z
  .string()
  .trim()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, "Use at most 40 lowercase letters, digits and hyphens");

const limits = {
  approvalLimit: amount.nullable().optional().describe("Monthly cost above which a request needs approval"),
  budgetMonthly: amount.nullable().optional(),
  quotaCpu: z.number().min(0).max(100_000).nullable().optional().describe("Cores"),
  quotaMemoryBytes: bytes.nullable().optional(),
  quotaStorageBytes: bytes.nullable().optional(),
  quotaEnvironments: z.number().int().min(0).max(100_000).nullable().optional(),
  maxLeaseDays: z.number().int().min(1).max(3_650).nullable().optional(),
};

export const projectCreate = z.object({
  slug: slugSchema,
  name: lineText(120, "Enter a name"),
  description: textUpTo(1_000).default(""),
  costCenter: z.string().min(1).max(60).describe("ID or code of the cost center"),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "Use a currency code, for example EUR")
    .default("EUR"),
  owner: z.string().max(254).optional().describe("ID or email address of the first owner"),
  ...limits,
});
export type ProjectCreate = z.output<typeof projectCreate>;

export const projectUpdate = z
  .object({
    name: projectCreate.shape.name.optional(),
    description: textUpTo(1_000).optional(),
    costCenter: z.string().min(1).max(60).optional(),
    archived: z.boolean().optional(),
    ...limits,
  })
  .refine((value) => Object.keys(value).length > 0, "Nothing to change");
export type ProjectUpdate = z.output<typeof projectUpdate>;

export const costCenterInput = z.object({
  code: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, "Use at most 40 letters, digits, dots and hyphens"),
  name: lineText(120, "Enter a name"),
  ownerId: z.string().max(60).nullable().default(null),
});
export const costCenterUpdate = costCenterInput
  .partial()
  .refine((value) => Object.keys(value).length > 0, "Nothing to change");
export const costCenterDto = z.object({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  ownerId: z.string().nullable(),
  projects: z.number().int(),
  createdAt: z.iso.datetime(),
});
export type CostCenterDto = z.output<typeof costCenterDto>;

export const projectDto = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  costCenter: z.object({ id: z.string(), code: z.string(), name: z.string() }),
  currency: z.string(),
  approvalLimit: z.string().nullable(),
  budgetMonthly: z.string().nullable(),
  quotaCpu: z.number().nullable(),
  quotaMemoryBytes: z.number().nullable(),
  quotaStorageBytes: z.number().nullable(),
  quotaEnvironments: z.number().int().nullable(),
  maxLeaseDays: z.number().int().nullable(),
  archived: z.boolean(),
  isDemo: z.boolean(),
  members: z.number().int(),
  environments: z.number().int().describe("Number of active environments"),
  myRole: z.enum(projectRoles).nullable(),
  createdAt: z.iso.datetime(),
});
export type ProjectDto = z.output<typeof projectDto>;

export const memberDto = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(projectRoles),
  disabled: z.boolean(),
  since: z.iso.datetime(),
});
export type MemberDto = z.output<typeof memberDto>;

export const memberAdd = z.object({
  user: z.string().trim().min(1).max(254).describe("ID or email address"),
  role: z.enum(projectRoles),
});
export const memberUpdate = z.object({ role: z.enum(projectRoles) });

export const projectFilter = z.object({
  q: z.string().trim().max(100).optional(),
  archived: z.stringbool().default(false).describe("true: include archived projects"),
  costCenter: z.string().max(60).optional().describe("ID or code"),
  sort: z.enum(["name", "budget", "environments"]).optional(),
  direction: z.enum(["asc", "desc"]).optional(),
});
export type ProjectFilter = z.output<typeof projectFilter>;

export const projectRoleLabels: Record<ProjectRole, string> = {
  owner: "Owner",
  approver: "Approver",
  developer: "Developer",
  viewer: "Viewer",
};
