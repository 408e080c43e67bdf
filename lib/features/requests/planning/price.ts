import { Decimal } from "decimal.js";
import type { PlanChange } from "@/lib/engine/plan";
import { type EstimateItem, estimateMonthly } from "@/lib/features/chargeback";
import { nothing, type QuotaDelta, withAdded } from "@/lib/features/quotas";
import { hoursPerMonth } from "@/lib/kernel/money";
import { operationOf } from "../operations";
import type { PlanCost } from "../schema";
import type { PlacedPlan, PricedPlan } from "./stages";

/** What the plan costs, and what it takes of the project's quotas. Pure. */
export function pricePlan(placed: PlacedPlan): PricedPlan {
  const cost = costOf(placed);
  const delta = deltaOf(placed, cost);
  return { ...placed, cost, delta, quota: withAdded(placed.use, delta) };
}

/** What the environment costs a month after the change, before it, and until its lease ends. */
function costOf({ project, changes, context, lease, sheetOf, nowMs }: PlacedPlan): PlanCost {
  const { currency } = project;
  const after = changes
    .filter((change) => change.action !== "delete")
    .map((change) => item(change.component, change.cloud.id, change.size, change.replicas));
  const before = changes.flatMap((change) =>
    change.before
      ? [item(change.component, change.cloud.id, change.before.size, change.before.replicas)]
      : [],
  );
  const estimate = estimateMonthly(after, sheetOf, currency);
  const endsAtMs = lease ? Date.parse(lease.endsAt) : (context?.row.leaseEndsAt?.getTime() ?? null);
  const hours = endsAtMs === null ? null : Math.max(0, (endsAtMs - nowMs) / 3_600_000);
  return {
    monthly: estimate.monthly,
    monthlyBefore: before.length === 0 ? "0" : estimateMonthly(before, sheetOf, currency).monthly,
    untilLeaseEnd:
      estimate.monthly === null || hours === null
        ? null
        : new Decimal(estimate.monthly).times(hours).div(hoursPerMonth).toFixed(2),
    currency,
    lines: estimate.lines,
    unpriced: estimate.unpriced,
  };
}

function item(
  component: string,
  cloudId: string,
  size: { cpu: number; memoryBytes: number; storageBytes: number },
  replicas: number,
): EstimateItem {
  return { component, cloudId, replicas, ...size };
}

/**
 * What the request adds to what the environment holds already. What needs no quota changes nothing; a destruction
 * gives everything back when nothing is left, not when it begins.
 */
function deltaOf({ kind, changes, held }: PlacedPlan, cost: PlanCost): QuotaDelta {
  if (!operationOf(kind).takesQuota) return nothing;
  const kept = changes.filter((change) => change.action !== "delete");
  const sum = (pick: (size: PlanChange["size"], replicas: number) => number) =>
    kept.reduce((total, change) => total + pick(change.size, change.replicas), 0);
  return {
    cpu: milli(sum((size, replicas) => size.cpu * replicas) - held.cpu),
    memoryBytes: sum((size, replicas) => size.memoryBytes * replicas) - held.memoryBytes,
    storageBytes: sum((size) => size.storageBytes) - held.storageBytes,
    environments: 1 - held.environments,
    monthlyCost: new Decimal(cost.monthly ?? 0).minus(held.monthlyCost).toFixed(4),
  };
}

/** Cores are kept to a thousandth; what floats add to that would count as a little more. */
function milli(cores: number): number {
  return Math.round(cores * 1000) / 1000;
}
