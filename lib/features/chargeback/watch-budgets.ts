import { Decimal } from "decimal.js";
import { budgetThresholds, notify } from "@/lib/features/notifications";
import { formatMoney } from "@/lib/kernel/format";
import { inTransaction } from "@/lib/platform/db";
import { listSpentBudgets, noteThresholds, type SpentBudget } from "./store-budgets";

/**
 * Tells the owners of projects whose charges of this month (UTC) passed a threshold of the monthly budget, once for
 * each threshold and month; of several passed at once only the highest is news.
 * @returns how many projects
 */
export async function watchBudgets(now = new Date()): Promise<number> {
  const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)).toISOString().slice(0, 10);
  const rows = await listSpentBudgets(month, Math.min(...budgetThresholds));
  let told = 0;
  for (const row of rows) if (await tell(row, month)) told += 1;
  return told;
}

async function tell(row: SpentBudget, month: string): Promise<boolean> {
  const percent = new Decimal(row.spent).times(100).div(row.budget);
  const thresholds = budgetThresholds.filter((threshold) => percent.gte(threshold));
  return await inTransaction(async (tx) => {
    const fresh = await noteThresholds(tx, { projectId: row.id, month, thresholds });
    if (fresh.length === 0) return false;
    const highest = Math.max(...fresh);
    await notify(tx, {
      kind: "budget.threshold",
      projectId: row.id,
      title:
        highest >= 100
          ? `${row.name}: monthly budget used up`
          : `${row.name}: ${highest}% of the monthly budget used`,
      body: `${formatMoney(row.spent, row.currency)} of ${formatMoney(row.budget, row.currency)} charged this month.`,
      href: `/costs?project=${row.id}`,
    });
    return true;
  });
}
