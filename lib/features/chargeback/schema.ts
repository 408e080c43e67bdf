import { z } from "zod";

export const costLineSchema = z.object({
  component: z.string(),
  meter: z.string(),
  unit: z.string(),
  quantity: z.string(),
  unitPrice: z.string(),
  amount: z.string(),
});
export type CostLine = z.output<typeof costLineSchema>;

/** What an environment has cost, to the minute. Amounts are decimal texts. */
export const environmentCostSchema = z.object({
  currency: z.string(),
  /** Since the environment exists. */
  total: z.string(),
  thisMonth: z.string(),
  /** This month's cost if it goes on like this; null = unknown. */
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

export const costGroups = ["project", "template", "cloud", "owner", "cost-center"] as const;
export type CostGroup = (typeof costGroups)[number];

export const costOverviewSchema = z.object({
  currency: z.string(),
  group: z.enum(costGroups),
  from: z.string(),
  to: z.string(),
  total: z.string(),
  days: z.array(z.object({ day: z.string(), amounts: z.record(z.string(), z.number()) })),
  breakdown: z.array(z.object({ key: z.string(), name: z.string(), amount: z.string(), share: z.number() })),
});
export type CostOverview = z.output<typeof costOverviewSchema>;

export const priceBookSchema = z.object({
  id: z.string(),
  name: z.string(),
  currency: z.string(),
  isDefault: z.boolean(),
  prices: z.array(
    z.object({
      id: z.string(),
      meter: z.string(),
      unit: z.string(),
      unitPrice: z.string(),
      validFrom: z.string(),
      inForce: z.boolean(),
    }),
  ),
});
export type PriceBookDto = z.output<typeof priceBookSchema>;

export const newPriceBody = z.strictObject({
  meter: z.enum(["cpu", "memory", "storage"]),
  unitPrice: z.string().regex(/^\d{1,8}(\.\d{1,10})?$/, "Use a decimal number such as 0.021"),
  /** From when on; left out: from now on. Never in the past, because that is charged already. */
  validFrom: z.iso.datetime().optional(),
});
