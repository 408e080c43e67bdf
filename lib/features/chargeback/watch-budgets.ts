import { Decimal } from "decimal.js";
import { budgetThresholds, notify } from "@/lib/features/notifications";
import { formatMoney } from "@/lib/kernel/format";
import { query, withSqlTransaction } from "@/lib/platform/db";

interface SpentRow {
  id: string;
  name: string;
  currency: string;
  budget: string;
  spent: string;
}

/**
 * Tells the owners of projects whose charges of this month (UTC) passed a threshold of the monthly budget, once for
 * each threshold and month; of several passed at once only the highest is news.
 * @returns how many projects
 */
export async function watchBudgets(now = new Date()): Promise<number> {
  const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  const rows = await query<SpentRow>(
    `SELECT p.id, p.name, p.currency, p.budget_monthly::text AS budget, sum(d.amount)::text AS spent
     FROM project p JOIN daily_cost d ON d.project_id = p.id AND d.currency = p.currency AND d.day >= $1::date
     WHERE p.budget_monthly > 0 AND p.archived_at IS NULL AND NOT p.is_demo GROUP BY p.id
     HAVING sum(d.amount) * 100 >= p.budget_monthly * $2::int`,
    [month.toISOString().slice(0, 10), Math.min(...budgetThresholds)],
  );
  let told = 0;
  for (const row of rows) if (await tell(row, month)) told += 1;
  return told;
}

async function tell(row: SpentRow, month: Date): Promise<boolean> {
  const percent = new Decimal(row.spent).times(100).div(row.budget);
  const passed = budgetThresholds.filter((threshold) => percent.gte(threshold));
  return await withSqlTransaction(async (client) => {
    const { rows: fresh } = await client.query<{ percent: number }>(
      `INSERT INTO budget_alert (project_id, month, percent) SELECT $1, $2::date, unnest($3::int[])
       ON CONFLICT DO NOTHING RETURNING percent`,
      [row.id, month.toISOString().slice(0, 10), passed],
    );
    if (fresh.length === 0) return false;
    const highest = Math.max(...fresh.map((one) => one.percent));
    await notify(client, {
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
