import type { ReactNode } from "react";
import { Page, PageHeader } from "@/components/ui/page-header";
import { LinkTabs } from "@/components/ui/tabs";
import { costTabs } from "../../tabs";
import { getViewer } from "../../viewer";

/** What is spent, what may be spent, what was closed and what it is priced by. */
export default async function CostsLayout({ children }: { children: ReactNode }) {
  const viewer = await getViewer();
  return (
    <Page>
      <PageHeader title="Costs" description="Hourly charges for allocated resources" />
      <LinkTabs tabs={costTabs(viewer)} label="Costs" />
      {children}
    </Page>
  );
}
