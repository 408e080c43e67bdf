import type { Metadata } from "next";
import { z } from "zod";
import { StackedBarChart } from "@/components/charts/stacked-bar-chart";
import { CostControls, costPeriods } from "@/components/costs/cost-controls";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Money } from "@/components/ui/money";
import { Page, PageHeader } from "@/components/ui/page-header";
import { Stat } from "@/components/ui/stat";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { costOverview } from "@/lib/features/chargeback";
import { costGroups } from "@/lib/features/chargeback/schema";
import { formatDate, formatPercent } from "@/lib/kernel/format";
import { getViewer } from "../viewer";

export const metadata: Metadata = { title: "Costs" };

const query = z.object({
  group: z.enum(costGroups).catch("project"),
  days: z.coerce.number().pipe(z.literal(costPeriods)).catch(30),
});

export default async function CostsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const viewer = await getViewer();
  const { group, days } = query.parse(await searchParams);
  const costs = await costOverview(viewer, { group, days });
  const top = costs.breakdown[0];
  const perDay = Number(costs.total) / Math.max(1, costs.days.length);
  return (
    <Page>
      <PageHeader
        title="Costs"
        description="Who spends what. Charged by the hour for what is held; days are UTC."
      />
      <CostControls group={group} days={days} />
      {costs.days.length === 0 ? (
        <Card>
          <EmptyState title="Nothing was charged in this period">
            An environment is charged an hour after it was created.
          </EmptyState>
        </Card>
      ) : (
        <>
          <div className="grid gap-4 sm:grid-cols-3">
            <Stat
              label={`Last ${days} days`}
              value={<Money amount={costs.total} currency={costs.currency} />}
            />
            <Stat
              label="A day, on average"
              value={<Money amount={perDay.toFixed(2)} currency={costs.currency} />}
            />
            <Stat
              label="Largest"
              value={top?.name ?? "none"}
              note={top ? `${formatPercent(top.share)} of everything` : undefined}
            />
          </div>
          <Card title="Per day">
            <StackedBarChart
              label="Cost per day"
              format="money"
              currency={costs.currency}
              height={260}
              series={costs.breakdown.slice(0, 6).map((one) => ({ key: one.name, label: one.name }))}
              bars={costs.days.map((one) => ({
                name: formatDate(`${one.day}T12:00:00Z`),
                values: one.amounts,
              }))}
            />
          </Card>
          <Card title="Breakdown" flush>
            <Table caption="Breakdown">
              <TableHead>
                <tr>
                  <TableHeader>Name</TableHeader>
                  <TableHeader numeric>Share</TableHeader>
                  <TableHeader numeric>Amount</TableHeader>
                </tr>
              </TableHead>
              <TableBody>
                {costs.breakdown.map((one) => (
                  <TableRow key={one.key}>
                    <TableCell>{one.name}</TableCell>
                    <TableCell numeric>{formatPercent(one.share, 1)}</TableCell>
                    <TableCell numeric>
                      <Money amount={one.amount} currency={costs.currency} />
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </Card>
        </>
      )}
    </Page>
  );
}
