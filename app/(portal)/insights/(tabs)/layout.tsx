import type { ReactNode } from "react";
import { Page, PageHeader } from "@/components/ui/page-header";
import { LinkTabs } from "@/components/ui/tabs";
import { insightTabs } from "../../tabs";
import { getViewer } from "../../viewer";

/** How the offer is used, how fast it is delivered, what can be reclaimed and what is left. */
export default async function InsightsLayout({ children }: { children: ReactNode }) {
  const viewer = await getViewer();
  return (
    <Page>
      <PageHeader
        title="Insights"
        description="Template usage, fulfillment, reclaimable environments and capacity"
      />
      <LinkTabs tabs={insightTabs(viewer)} label="Insights" />
      {children}
    </Page>
  );
}
