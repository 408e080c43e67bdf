import { CalendarCheck } from "lucide-react";
import Link from "next/link";
import { monthName } from "@/components/costs/month-name";
import { CostTrend } from "@/components/costs/trend";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Money } from "@/components/ui/money";
import { Stat } from "@/components/ui/stat";
import type { ClosableMonth, CostOverview } from "@/lib/features/chargeback/schema";
import type { ProjectCost } from "@/lib/features/home/schema";
import { formatCount, formatPeriod } from "@/lib/kernel/format";
import { CostCard } from "./cost-card";

export interface FinanceHomeProps {
  projects: readonly ProjectCost[];
  /** Months that are over and not closed. */
  closable: readonly ClosableMonth[];
  /** The last 30 days by project. */
  costs: CostOverview;
}

/** What finance asks first: what is to be closed, what this month costs, and whether budgets hold. */
export function FinanceHome({ projects, closable, costs }: FinanceHomeProps) {
  return (
    <div className="grid gap-4">
      <Figures projects={projects} currency={costs.currency} />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="grid min-w-0 gap-4">
          {costs.days.length > 0 ? <CostTrend costs={costs} /> : null}
          <CostCard costs={projects} shown={20} />
        </div>
        <div className="grid min-w-0 gap-4">
          <Closing closable={closable} />
          <Card title="Prices">
            <p className="mb-3 text-muted">Hourly prices for CPU, memory and storage</p>
            <ButtonLink href="/costs/prices">View price book</ButtonLink>
          </Card>
        </div>
      </div>
    </div>
  );
}

function Figures({ projects, currency }: { projects: readonly ProjectCost[]; currency: string }) {
  const own = projects.filter((one) => one.currency === currency);
  const sum = (pick: (one: ProjectCost) => string | null) =>
    own.reduce((total, one) => total + Number(pick(one) ?? 0), 0);
  const over = own.filter((one) => one.budget !== null && Number(one.expected) > Number(one.budget));
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Stat
        label="Month to date"
        value={<Money amount={sum((one) => one.spent)} currency={currency} />}
        href="/costs"
      />
      <Stat
        label="Forecast (month end)"
        value={<Money amount={sum((one) => one.expected)} currency={currency} />}
        note="At current usage"
      />
      <Stat
        label="Total budget"
        value={<Money amount={sum((one) => one.budget)} currency={currency} />}
        of={formatPeriod("month")}
      />
      <Stat
        label="Projects over budget"
        value={over.length}
        of={`of ${own.length}`}
        note={over.map((one) => one.name).join(", ") || undefined}
        noteTone="bad"
      />
    </div>
  );
}

function Closing({ closable }: { closable: readonly ClosableMonth[] }) {
  const [next, ...later] = closable;
  return (
    <Card title="Month-end close">
      {next ? (
        <>
          <p className="flex items-start gap-2.5">
            <CalendarCheck className="mt-0.5 size-4 shrink-0 text-accent-ink" aria-hidden />
            <Link href="/costs/statements" className="link">
              {monthName(next.month)} is ready to close
            </Link>
          </p>
          <p className="mt-1 pl-6.5 text-xs text-muted">
            {formatCount(next.costCenters, "statement")}, one for each cost center
            {later.length > 0 ? ` · Then ${later.map((one) => monthName(one.month)).join(", ")}` : ""}
          </p>
        </>
      ) : (
        <p className="text-muted">All past months are closed.</p>
      )}
      <ButtonLink href="/costs/statements" variant={next ? "primary" : "outline"} className="mt-3.5">
        {next ? "Close month" : "View statements"}
      </ButtonLink>
    </Card>
  );
}
