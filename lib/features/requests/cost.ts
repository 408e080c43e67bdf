import { Decimal } from "decimal.js";
import { type EstimateItem, estimateMonthly, loadPriceSheets } from "@/lib/features/chargeback";
import { hoursPerMonth } from "@/lib/kernel/money";
import type { Draft } from "./drafts";
import type { PlanCost } from "./schema";

/** What the environment costs a month after the change, before it, and until its lease ends. */
export async function costOf(
  draft: Draft,
  lease: { endsAt: string } | null,
  nowMs: number,
): Promise<PlanCost> {
  const sheetOf = await loadPriceSheets(new Date(nowMs));
  const { currency } = draft.project;
  const after = draft.changes
    .filter((change) => change.action !== "delete")
    .map((change) => item(change.component, change.cloud.id, change.size, change.replicas));
  const before = draft.changes.flatMap((change) =>
    change.before
      ? [item(change.component, change.cloud.id, change.before.size, change.before.replicas)]
      : [],
  );
  const estimate = estimateMonthly(after, sheetOf, currency);
  const endsAtMs = lease ? Date.parse(lease.endsAt) : (draft.leaseEndsAt?.getTime() ?? null);
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
