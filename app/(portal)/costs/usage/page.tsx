import type { Metadata } from "next";
import { z } from "zod";
import { CostItemTable } from "@/components/costs/cost-items";
import { UsageTable } from "@/components/costs/usage-table";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Page, PageHeader } from "@/components/ui/page-header";
import { costItems, costOverview, usageOfDay } from "@/lib/features/chargeback";
import { type CostItem, costGroupLabels, costGroups, meterLabels } from "@/lib/features/chargeback/schema";
import type { PersonActor } from "@/lib/platform/auth";
import { orNotFound } from "../../or-not-found";
import { getViewer } from "../../viewer";

export const metadata: Metadata = { title: "What an amount is made of" };

const text = z.string().min(1).max(120).optional().catch(undefined);
const query = z.object({
  group: z.enum(costGroups).optional().catch(undefined),
  key: text,
  environment: text,
  component: text,
  meter: text,
  day: z.iso.date().optional().catch(undefined),
  days: z.coerce.number().int().min(1).max(366).catch(30),
});
type Query = z.output<typeof query>;

export default async function UsagePage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const viewer = await getViewer();
  const wanted = query.parse(await searchParams);
  const costs = await costItems(viewer, wanted);
  const known = costs.items[0];
  const { environment, component, meter, day } = wanted;
  const hours =
    environment && component && meter && day
      ? await orNotFound(usageOfDay(viewer, { environment, component, meter, day }))
      : null;
  const subject =
    environment && component && meter
      ? `${known?.environmentName ?? environment}: ${meterLabels[meter] ?? meter} of ${component}`
      : await groupName(viewer, wanted);
  return (
    <Page>
      <PageHeader
        breadcrumb={[
          { label: "Costs", href: `/costs?group=${wanted.group ?? "project"}&days=${wanted.days}` },
          ...(hours ? [{ label: subject, href: hrefTo(wanted, { day: undefined }) }] : []),
          { label: day && hours ? day : subject },
        ]}
        title={day && hours ? `${subject}, ${day}` : subject}
        description={
          hours
            ? "Hour by hour: what was held, times the price in force when the hour began."
            : `${costs.from} to ${costs.to}, days are UTC.`
        }
      />
      <Card flush>
        {hours ? (
          <Hours rows={hours} />
        ) : costs.items.length === 0 ? (
          <EmptyState title="Nothing was charged in this period">
            The running hour is charged when it is over; the environment's own page shows it already.
          </EmptyState>
        ) : (
          <CostItemTable costs={costs} hrefOf={(item) => hrefOf(wanted, item)} />
        )}
      </Card>
    </Page>
  );
}

function Hours({ rows }: { rows: Parameters<typeof UsageTable>[0]["rows"] }) {
  if (rows.length > 0) return <UsageTable rows={rows} />;
  return (
    <EmptyState title="Only the day's sum is kept">
      Demo data has hours for its last days only; every other day opens to its hours.
    </EmptyState>
  );
}

async function groupName(viewer: PersonActor, { group, key, days }: Query): Promise<string> {
  if (!group || !key) return "Everything";
  const { breakdown } = await costOverview(viewer, { group, days });
  return breakdown.find((one) => one.key === key)?.name ?? costGroupLabels[group];
}

function hrefOf(wanted: Query, item: CostItem): string {
  const { environmentId: environment, component, meter, day } = item;
  return hrefTo(wanted, { environment, component, meter, day: day ?? undefined });
}

function hrefTo(wanted: Query, changes: Partial<Query>): string {
  const params = Object.entries({ ...wanted, ...changes }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return `/costs/usage?${new URLSearchParams(params)}`;
}
