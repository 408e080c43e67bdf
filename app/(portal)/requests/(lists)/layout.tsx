import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page-header";
import { LinkTabs } from "@/components/ui/tabs";
import { canSomewhere } from "@/lib/platform/auth";
import { waitingApprovals } from "../../counts";
import { requestTabs } from "../../tabs";
import { getViewer } from "../../viewer";

/** The lists of requests and of their runs, each with its own URL. */
export default async function RequestsLayout({ children }: { children: ReactNode }) {
  const viewer = await getViewer();
  const tabs = requestTabs(viewer, await waitingApprovals(viewer));
  const action = canSomewhere(viewer, "environment.request") ? (
    <ButtonLink href="/catalog" variant="primary">
      New environment
    </ButtonLink>
  ) : null;
  return (
    <Page>
      <PageHeader title="Requests" description="Proposed changes and their runs" actions={action} />
      {tabs.length > 1 ? <LinkTabs tabs={tabs} label="Requests" /> : null}
      {children}
    </Page>
  );
}
