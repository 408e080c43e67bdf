import type { Metadata } from "next";
import { ChoiceLinks } from "@/components/data/choice-links";
import { choiceParam, firstParam, type SearchParams } from "@/components/data/list-params";
import { CapacityCard } from "@/components/reports/capacity-card";
import { FulfillmentCard } from "@/components/reports/fulfillment-card";
import { RelianceTable } from "@/components/reports/reliance-table";
import { SprawlCard } from "@/components/reports/sprawl-card";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listClouds } from "@/lib/features/clouds";
import { fulfillment, reliance, sprawl } from "@/lib/features/reports";
import { reportDays, sprawlReasons } from "@/lib/features/reports/schema";
import { can, canSomewhere } from "@/lib/platform/auth";
import { getViewer } from "../viewer";

export const metadata: Metadata = { title: "Reports" };

export default async function ReportsPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, getViewer()]);
  const days = reportDays.find((one) => String(one) === firstParam(params, "days")) ?? 30;
  const [relied, fulfilled, sprawling, clouds] = await Promise.all([
    reliance(viewer, days),
    fulfillment(viewer, days),
    sprawl(viewer),
    can(viewer, "cloud.read") ? listClouds() : null,
  ]);
  const opens = canSomewhere(viewer, "environment.read");
  return (
    <Page>
      <PageHeader
        title="Reports"
        description="Template usage, fulfillment, reclaimable environments and capacity"
        actions={
          <ChoiceLinks
            label="Period"
            items={reportDays.map((one) => ({
              label: `${one} days`,
              href: `/reports?days=${one}`,
              active: one === days,
            }))}
          />
        }
      />
      <FulfillmentCard rows={fulfilled} days={days} />
      <RelianceTable rows={relied} days={days} opens={opens} />
      <SprawlCard
        rows={sprawling}
        reason={choiceParam(params, "reason", sprawlReasons)}
        days={days}
        opens={opens}
      />
      {clouds ? <CapacityCard clouds={clouds} /> : null}
    </Page>
  );
}
