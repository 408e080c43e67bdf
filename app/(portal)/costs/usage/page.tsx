import type { Metadata } from "next";
import { z } from "zod";
import { CostItemTable } from "@/components/costs/cost-items";
import { dayName, monthName } from "@/components/costs/month-name";
import { usageHref } from "@/components/costs/usage-href";
import { UsageTable } from "@/components/costs/usage-table";
import { csvHref } from "@/components/data/api-href";
import type { SearchParams } from "@/components/data/list-params";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Money } from "@/components/ui/money";
import { Page, PageHeader } from "@/components/ui/page-header";
import { costGroupName, costItems, usageOfDay } from "@/lib/features/chargeback";
import {
  costGroupLabels,
  costGroups,
  meterLabels,
  meterNames,
  monthText,
} from "@/lib/features/chargeback/schema";
import type { PersonActor } from "@/lib/platform/auth";
import { orNotFound } from "../../or-not-found";
import { getViewer } from "../../viewer";

export const metadata: Metadata = { title: "Cost details" };

const text = z.string().min(1).max(120).optional().catch(undefined);
const query = z.object({
  group: z.enum(costGroups).optional().catch(undefined),
  key: text,
  environment: text,
  component: text,
  meter: z.enum(meterNames).optional().catch(undefined),
  day: z.iso.date().optional().catch(undefined),
  days: z.coerce.number().int().min(1).max(366).catch(30),
  month: monthText.optional().catch(undefined),
  q: z.string().trim().max(100).optional().catch(undefined),
  sort: z.enum(["amount", "environment"]).optional().catch(undefined),
});
type Query = z.output<typeof query>;

export default async function UsagePage(props: { searchParams: Promise<SearchParams> }) {
  const [viewer, params] = await Promise.all([getViewer(), props.searchParams]);
  const wanted = query.parse(params);
  const cursor = typeof params.cursor === "string" ? params.cursor : undefined;
  const costs = await costItems(viewer, { ...wanted, cursor });
  const known = costs.items[0];
  const { day, ...days } = wanted;
  const { environment, component, meter } = wanted;
  const perDay = Boolean(environment && component && meter);
  const hours =
    environment && component && meter && day
      ? await orNotFound(usageOfDay(viewer, { environment, component, meter, day }))
      : null;
  const subject =
    component && meter && perDay
      ? `${known?.environmentName ?? environment}: ${meterLabels[meter]} of ${component}`
      : environment && known?.environmentName
        ? known.environmentName
        : await groupName(viewer, wanted);
  const { q: _q, sort: _sort, ...place } = wanted;
  return (
    <Page>
      <PageHeader
        breadcrumb={[
          { label: "Costs", href: `/costs?group=${wanted.group ?? "project"}&days=${wanted.days}` },
          ...(perDay && wanted.group
            ? [{ label: await groupName(viewer, wanted), href: usageHref({ ...place, ...upToGroup }) }]
            : []),
          ...(hours ? [{ label: subject, href: usageHref({ ...place, day: undefined }) }] : []),
          { label: day && hours ? dayName(day) : subject },
        ]}
        title={day && hours ? `${subject}, ${dayName(day)}` : subject}
        description={
          hours ? (
            "Hourly usage × the price active at the start of each hour"
          ) : (
            <>
              <Money amount={costs.total} currency={costs.currency} fine className="font-semibold text-ink" />{" "}
              {wanted.month
                ? `in ${monthName(wanted.month)}`
                : `from ${dayName(costs.from)} to ${dayName(costs.to)}`}{" "}
              · UTC
            </>
          )
        }
      />
      {hours ? (
        <Card flush>
          <Hours rows={hours} />
        </Card>
      ) : (
        <CostItemTable
          costs={costs}
          perDay={perDay}
          oneEnvironment={Boolean(environment)}
          place={place}
          params={params}
          csvHref={csvHref("/costs/items", { query: days })}
        />
      )}
    </Page>
  );
}

const upToGroup = { environment: undefined, component: undefined, meter: undefined, day: undefined };

function Hours({ rows }: { rows: Parameters<typeof UsageTable>[0]["rows"] }) {
  if (rows.length > 0) return <UsageTable rows={rows} />;
  return (
    <EmptyState title="Hourly details aren’t available">
      Demo data includes hourly details for recent days only.
    </EmptyState>
  );
}

async function groupName(viewer: PersonActor, { group, key, days }: Query): Promise<string> {
  if (!group || !key) return "All costs";
  return (await costGroupName(viewer, { group, key, days })) ?? costGroupLabels[group];
}
