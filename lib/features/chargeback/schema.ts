import { z } from "zod";
import { lineText } from "@/lib/kernel/text";

/** What held capacity is metered by. */
export const meterNames = ["cpu", "memory", "storage"] as const;
export type MeterName = (typeof meterNames)[number];

export const meterLabels: Record<MeterName, string> = { cpu: "CPU", memory: "Memory", storage: "Storage" };

/** Of a quantity. */
export const meterUnits: Record<MeterName, string> = {
  cpu: "core-hours",
  memory: "GiB-hours",
  storage: "GiB-hours",
};

/** Of a price. */
export const meterPrices: Record<MeterName, string> = {
  cpu: "per core-hour",
  memory: "per GiB-hour",
  storage: "per GiB-hour",
};

export const costLineSchema = z.object({
  component: z.string(),
  meter: z.enum(meterNames),
  unit: z.string(),
  quantity: z.string(),
  unitPrice: z.string(),
  amount: z.string(),
  /** The part of the amount that fell into this month. */
  thisMonth: z.string(),
});
export type CostLine = z.output<typeof costLineSchema>;

/** What an environment has cost, to the minute. Amounts are decimal texts. */
export const environmentCostSchema = z.object({
  currency: z.string(),
  /** Since the environment exists. */
  total: z.string(),
  thisMonth: z.string(),
  /** This month's cost if it continues like this; null = unknown. */
  forecastMonth: z.string().nullable(),
  /** In all, when the lease ends; null without a lease or a price. */
  forecastLeaseEnd: z.string().nullable(),
  /** A month of what is held now; null = something has no price. */
  monthly: z.string().nullable(),
  lines: z.array(costLineSchema),
  /** Components of which some time or size has no price. */
  unpriced: z.array(z.string()),
  chargedUntil: z.string().nullable(),
});
export type EnvironmentCost = z.output<typeof environmentCostSchema>;

export const costGroups = ["project", "cost-center", "template", "cloud", "owner", "component"] as const;
export type CostGroup = (typeof costGroups)[number];

export const costOverviewSchema = z.object({
  currency: z.string(),
  group: z.enum(costGroups),
  from: z.string(),
  to: z.string(),
  total: z.string(),
  /** Exact amounts, decimal texts, by the key of the group's member; "" stands for all that are not named. */
  days: z.array(z.object({ day: z.string(), amounts: z.record(z.string(), z.string()) })),
  /** To the cent, in a way that adds up to the total. */
  breakdown: z.array(z.object({ key: z.string(), name: z.string(), amount: z.string(), share: z.number() })),
});
export type CostOverview = z.output<typeof costOverviewSchema>;

export const costGroupLabels: Record<CostGroup, string> = {
  project: "Project",
  "cost-center": "Cost center",
  template: "Template",
  cloud: "Cloud",
  owner: "Owner",
  component: "Component",
};

export const costItemSchema = z.object({
  environmentId: z.string(),
  environmentName: z.string().nullable(),
  component: z.string(),
  meter: z.enum(meterNames),
  /** Only where the filter names environment, component and meter. */
  day: z.string().nullable(),
  quantity: z.string(),
  amount: z.string(),
});
export type CostItem = z.output<typeof costItemSchema>;

export const costItemsSchema = z.object({
  currency: z.string(),
  from: z.string(),
  to: z.string(),
  /** Of every page together. */
  total: z.string(),
  items: z.array(costItemSchema),
  nextCursor: z.string().nullable(),
});
export type CostItems = z.output<typeof costItemsSchema>;

export const usageRowSchema = z.object({
  id: z.string(),
  hour: z.string(),
  quantity: z.string(),
  unit: z.string(),
  unitPrice: z.string().nullable(),
  priceId: z.string().nullable(),
  priceBook: z.string().nullable(),
  priceFrom: z.string().nullable(),
  amount: z.string().nullable(),
  currency: z.string().nullable(),
  owner: z.string(),
  costCenter: z.string().nullable(),
});
export type UsageRow = z.output<typeof usageRowSchema>;

export const statementSummarySchema = z.object({
  id: z.string(),
  costCenter: z.object({ id: z.string(), code: z.string(), name: z.string() }),
  /** "2026-10" */
  month: z.string(),
  currency: z.string(),
  total: z.string(),
  digest: z.string(),
  closedBy: z.string().nullable(),
  closedAt: z.string(),
});
export type StatementSummary = z.output<typeof statementSummarySchema>;

export const statementLineSchema = z.object({
  projectId: z.string(),
  project: z.string(),
  environmentId: z.string(),
  environment: z.string(),
  component: z.string(),
  meter: z.enum(meterNames),
  quantity: z.string(),
  amount: z.string(),
});
export type StatementLine = z.output<typeof statementLineSchema>;

export const statementDetailSchema = statementSummarySchema.extend({
  lines: z.array(statementLineSchema),
  /** The lines still have the digest they were closed with. */
  intact: z.boolean(),
});
export type StatementDetail = z.output<typeof statementDetailSchema>;

export const monthText = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, "Use the format YYYY-MM, for example 2026-10");

export const closeMonthBody = z.strictObject({
  month: monthText,
  costCenter: z.string().min(1).max(60).optional().describe("ID or code; default: all cost centers"),
});

export interface StatementMonth {
  month: string;
  statements: number;
}

export interface ClosableMonth {
  month: string;
  costCenters: number;
}

/** A project's month against its budget, amounts as decimal texts. */
export const budgetSchema = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  costCenter: z.string(),
  currency: z.string(),
  spent: z.string(),
  monthly: z.string(),
  budget: z.string().nullable(),
  expected: z.string(),
});

export type BudgetDto = z.output<typeof budgetSchema>;

export const newPriceBookBody = z.strictObject({
  name: lineText(80),
  currency: z.string().regex(/^[A-Z]{3}$/, "Use a currency code, for example EUR"),
});

export const priceBookSchema = z.object({
  id: z.string(),
  name: z.string(),
  currency: z.string(),
  isDefault: z.boolean(),
  prices: z.array(
    z.object({
      id: z.string(),
      meter: z.enum(meterNames),
      unit: z.string(),
      unitPrice: z.string(),
      validFrom: z.string(),
      inForce: z.boolean(),
    }),
  ),
});
export type PriceBookDto = z.output<typeof priceBookSchema>;

export const newPriceBody = z.strictObject({
  meter: z.enum(meterNames),
  unitPrice: z.string().regex(/^\d{1,8}(\.\d{1,10})?$/, "Use a decimal number, for example 0.021"),
  /** From when on; left out: from now on. Never in the past, because that is charged already. */
  validFrom: z.iso.datetime().optional(),
});
