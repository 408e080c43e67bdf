import { trendSeries } from "@/components/costs/trend";
import { FinanceHome } from "@/components/home/finance-home";
import { HomeView, leadOf } from "@/components/home/home-view";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listAuditEvents } from "@/lib/features/audit";
import { listTemplates } from "@/lib/features/catalog";
import { closableMonths, costOverview } from "@/lib/features/chargeback";
import { getHome, homeViewOf } from "@/lib/features/home";
import { catalogPrice } from "@/lib/features/requests";
import { canSomewhere, type PersonActor } from "@/lib/platform/auth";
import { LiveRefresh } from "../live-refresh";
import { getViewer } from "../viewer";

const quickStarts = 4;
const shownDenied = 6;
const watchedProjects = 20;

export default async function HomePage() {
  const viewer = await getViewer();
  const canRequest = canSomewhere(viewer, "environment.request");
  const [home, finance, templates, denied] = await Promise.all([
    getHome(viewer),
    homeViewOf(viewer) === "finance" ? getFinance(viewer) : null,
    canRequest ? listTemplates(viewer, {}, { priceOf: catalogPrice }) : [],
    viewer.orgRole === "auditor" ? listAuditEvents(viewer, { outcome: "denied", limit: shownDenied }) : null,
  ]);
  // What no cloud of theirs can run has no price.
  const offered = templates.filter(({ price }) => price !== null);
  const popular = offered.sort((left, right) => right.running - left.running).slice(0, quickStarts);
  const projects = [...viewer.projects.keys()].slice(0, watchedProjects);
  return (
    <Page>
      <LiveRefresh
        topics={[`user:${viewer.userId}`, ...projects.map((id) => `project:${id}`)]}
        everyMs={3_000}
        pollMs={60_000}
      />
      <PageHeader title={`Hello, ${viewer.name.split(" ")[0]}`} description={leadOf(home)} />
      {finance ? (
        <FinanceHome projects={home.costs} {...finance} />
      ) : (
        <HomeView home={home} templates={popular} denied={denied?.items ?? []} canRequest={canRequest} />
      )}
    </Page>
  );
}

async function getFinance(viewer: PersonActor) {
  const [closable, costs] = await Promise.all([
    closableMonths(),
    costOverview(viewer, { group: "project", days: 30, top: trendSeries }),
  ]);
  return { closable, costs };
}
