import { Decimal } from "decimal.js";
import type { CostOverview } from "@/lib/features/chargeback/schema";
import { BreakdownTable } from "./breakdown-table";

const shown = 20;

/** Cost per group: the most expensive by name, all others in one row. */
export function CostBreakdown({ costs, days }: { costs: CostOverview; days: number }) {
  const others = costs.breakdown.slice(shown);
  return (
    <BreakdownTable
      group={costs.group}
      currency={costs.currency}
      days={days}
      total={costs.total}
      rows={costs.breakdown.slice(0, shown)}
      others={{
        count: others.length,
        share: others.reduce((sum, one) => sum + one.share, 0),
        amount: others.reduce((sum, one) => sum.plus(one.amount), new Decimal(0)).toFixed(2),
      }}
    />
  );
}
