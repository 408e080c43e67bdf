import { Wallet } from "lucide-react";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Meter } from "@/components/ui/meter";
import { Money } from "@/components/ui/money";
import type { BudgetDto } from "@/lib/features/chargeback/schema";
import { formatMoney } from "@/lib/kernel/format";

/** Month to date and forecast per project, against the budget. */
export function Budgets({ budgets }: { budgets: readonly BudgetDto[] }) {
  const shown = budgets.filter((one) => one.budget !== null || Number(one.spent) > 0);
  return (
    <Card title="Budgets this month">
      {shown.length === 0 ? (
        <EmptyState icon={<Wallet />} title="No budgets yet">
          Administrators set a monthly budget for each project.
        </EmptyState>
      ) : (
        <ul className="grid gap-x-10 gap-y-5 md:grid-cols-2 2xl:grid-cols-3">
          {shown.map((one) => (
            <BudgetLine key={one.id} project={one} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function BudgetLine({ project }: { project: BudgetDto }) {
  const money = (amount: string) => formatMoney(amount, project.currency);
  const spent = Number(project.spent);
  const over = project.budget !== null && Number(project.expected) > Number(project.budget);
  return (
    <li className="grid gap-1.5">
      <div className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 truncate font-medium">{project.name}</span>
        <span className="shrink-0 text-xs text-muted tabular">
          <Money amount={project.spent} currency={project.currency} className="text-sm text-ink" />
          {project.budget === null ? ", no budget" : ` of ${money(project.budget)}`}
        </span>
      </div>
      {project.budget === null ? null : (
        <Meter
          used={spent}
          added={Math.max(0, Number(project.expected) - spent)}
          max={Number(project.budget)}
          label={`${project.name}: ${money(project.spent)} spent, forecast ${money(project.expected)}, budget ${money(project.budget)}`}
        />
      )}
      <p className={over ? "text-xs text-bad-ink" : "text-xs text-muted"}>
        Forecast: {money(project.expected)} by month end{over ? " · Over budget" : ""}
      </p>
    </li>
  );
}
