import { Meter } from "@/components/ui/meter";
import type { QuotaUse } from "@/lib/features/quotas/schema";
import { formatBytes, formatCpu, formatMoney, formatNumber } from "@/lib/kernel/format";

export interface BudgetUse {
  monthly: string;
  /** Committed without this, and what this adds. Decimal texts. */
  before: string;
  added: string;
  currency: string;
}

/** The sentence of one quota: "11 of 16 cores". */
export function quotaSentence(use: QuotaUse): string {
  const total = use.used + use.added;
  const limit = use.limit ?? 0;
  switch (use.name) {
    case "cpu":
      return `${formatNumber(total)} of ${formatCpu(limit)}`;
    case "memory":
      return `${formatBytes(total)} of ${formatBytes(limit)} memory`;
    case "storage":
      return `${formatBytes(total)} of ${formatBytes(limit)} disk`;
    case "environments":
      return `${formatNumber(total, 0)} of ${formatNumber(limit, 0)} environments`;
  }
}

/** The limits nearest to their end, at most `count`. Quotas without a limit have nothing to say. */
export function tightestQuotas(quota: readonly QuotaUse[], count: number): QuotaUse[] {
  const share = (use: QuotaUse) => (use.used + use.added) / Math.max(use.limit ?? 1, 1e-9);
  return quota
    .filter((use) => use.limit !== null)
    .sort((left, right) => share(right) - share(left))
    .slice(0, count);
}

export function QuotaMeters({ quota, count = 4 }: { quota: readonly QuotaUse[]; count?: number }) {
  return tightestQuotas(quota, count).map((use) => (
    <Meter
      key={use.name}
      used={use.used}
      added={Math.max(0, use.added)}
      max={use.limit ?? 0}
      label={quotaSentence(use)}
      showLabel
    />
  ));
}

/** @param short without the period, where the words beside it say it */
export function BudgetMeter({ budget, short }: { budget: BudgetUse; short?: boolean }) {
  const before = Number(budget.before);
  const added = Number(budget.added);
  const after = formatMoney(before + added, budget.currency, { rounded: true });
  const limit = formatMoney(budget.monthly, budget.currency, { rounded: true });
  return (
    <Meter
      used={added < 0 ? before + added : before}
      added={Math.max(0, added)}
      max={Number(budget.monthly)}
      label={`${after} of ${limit}${short ? "" : "/mo"}`}
      showLabel
    />
  );
}
