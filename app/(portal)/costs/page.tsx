import { Wallet } from "lucide-react";
import type { Metadata } from "next";
import { z } from "zod";
import { OpenCatalog } from "@/components/catalog/open-catalog";
import { CostBreakdown } from "@/components/costs/breakdown";
import { Budgets } from "@/components/costs/budgets";
import { CostControls } from "@/components/costs/cost-controls";
import { Statements } from "@/components/costs/statements";
import { CostTrend, trendSeries } from "@/components/costs/trend";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Money } from "@/components/ui/money";
import { Page, PageHeader } from "@/components/ui/page-header";
import { Stat } from "@/components/ui/stat";
import { closableMonths, costOverview, listStatementMonths, listStatements } from "@/lib/features/chargeback";
import { type CostOverview, costGroupLabels, costGroups } from "@/lib/features/chargeback/schema";
import { monthOfProjects } from "@/lib/features/home";
import { formatCount, formatPercent } from "@/lib/kernel/format";
import { can, type PersonActor } from "@/lib/platform/auth";
import { getViewer } from "../viewer";

export const metadata: Metadata = { title: "Costs" };

const mostStatements = 40;
const periods = [7, 30, 90] as const;
const query = z.object({
  group: z.enum(costGroups).catch("project"),
  days: z.coerce.number().pipe(z.literal(periods)).catch(30),
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
    .optional()
    .catch(undefined),
});

export default async function CostsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const viewer = await getViewer();
  const { group, days, month } = query.parse(await searchParams);
  const mayClose = can(viewer, "statement.close");
  const [costs, budgets, closed, closable] = await Promise.all([
    costOverview(viewer, { group, days, top: trendSeries }),
    monthOfProjects(viewer),
    statementsFor(viewer, month),
    mayClose ? closableMonths() : [],
  ]);
  return (
    <Page>
      <PageHeader
        title="Costs"
        description="Hourly charges for allocated resources. Select an amount to see the usage behind it."
        actions={<CostControls group={group} days={days} periods={periods} />}
      />
      {costs.days.length === 0 ? (
        <Card>
          <EmptyState icon={<Wallet />} title="No charges in this period" action={<OpenCatalog />}>
            Charges appear after an environment’s first full hour. Until then, the environment’s page shows
            the cost.
          </EmptyState>
        </Card>
      ) : (
        <>
          <Figures costs={costs} days={days} />
          <CostTrend costs={costs} />
        </>
      )}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="grid min-w-0 gap-4">
          {costs.days.length > 0 ? <CostBreakdown costs={costs} days={days} /> : null}
          <Statements
            {...closed}
            closable={closable}
            mayClose={mayClose}
            monthHref={`/costs?group=${group}&days=${days}&month=`}
          />
        </div>
        <Budgets budgets={budgets} />
      </div>
    </Page>
  );
}

/** All statements; once there are many, those of one month at a time. */
async function statementsFor(viewer: PersonActor, wanted: string | undefined) {
  const months = await listStatementMonths(viewer);
  if (months.reduce((sum, one) => sum + one.statements, 0) <= mostStatements) {
    return { statements: await listStatements(viewer), months: [], month: undefined };
  }
  const month = (months.find((one) => one.month === wanted) ?? months[0])?.month;
  return { statements: await listStatements(viewer, month), months: months.map((one) => one.month), month };
}

function Figures({ costs, days }: { costs: CostOverview; days: number }) {
  const top = costs.breakdown[0];
  const charged = costs.days.filter((one) => Object.keys(one.amounts).length > 0).length;
  return (
    <div className="grid grid-cols-2 gap-3 sm:grid-cols-3 sm:gap-4">
      <Stat
        label={`Last ${days} days`}
        value={<Money amount={costs.total} currency={costs.currency} />}
        href={`/costs/usage?days=${days}`}
      />
      <Stat
        label="Daily average"
        value={<Money amount={Number(costs.total) / Math.max(1, charged)} currency={costs.currency} />}
        note={charged < days ? `Over ${formatCount(charged, "day")} with charges` : undefined}
      />
      <Stat
        className="max-sm:col-span-2"
        label={`Top ${costGroupLabels[costs.group].toLowerCase()}`}
        value={top?.name ?? "—"}
        note={top ? `${formatPercent(top.share)} of total` : undefined}
      />
    </div>
  );
}
