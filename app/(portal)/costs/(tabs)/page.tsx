import { Wallet } from "lucide-react";
import type { Metadata } from "next";
import { z } from "zod";
import { OpenCatalog } from "@/components/catalog/open-catalog";
import { CostBreakdown } from "@/components/costs/breakdown";
import { CostControls } from "@/components/costs/cost-controls";
import { CostTrend, trendSeries } from "@/components/costs/trend";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Money } from "@/components/ui/money";
import { Stat } from "@/components/ui/stat";
import { costOverview } from "@/lib/features/chargeback";
import { type CostOverview, costGroupLabels, costGroups } from "@/lib/features/chargeback/schema";
import { formatCount, formatPercent } from "@/lib/kernel/format";
import { getViewer } from "../../viewer";

export const metadata: Metadata = { title: "Costs" };

const periods = [7, 30, 90] as const;
const query = z.object({
  group: z.enum(costGroups).catch("project"),
  days: z.coerce.number().pipe(z.literal(periods)).catch(30),
});

export default async function CostsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const viewer = await getViewer();
  const { group, days } = query.parse(await searchParams);
  const costs = await costOverview(viewer, { group, days, top: trendSeries });
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <p className="text-muted">Select an amount to see the usage behind it.</p>
        <CostControls group={group} days={days} periods={periods} />
      </div>
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
          <CostBreakdown costs={costs} days={days} />
        </>
      )}
    </>
  );
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
