import type { Metadata } from "next";
import { AdminAreas } from "@/components/admin/admin-areas";
import { AdminFigures } from "@/components/admin/admin-figures";
import { Page, PageHeader } from "@/components/ui/page-header";
import { countReviews } from "@/lib/features/catalog";
import { listEnabledHealth } from "@/lib/features/clouds";
import { countFailedRuns } from "@/lib/features/runs";
import { listWorkers } from "@/lib/features/workers";
import packageJson from "@/package.json" with { type: "json" };
import { viewerFor } from "../../door";
import { LiveRefresh } from "../../live-refresh";
import { adminPages } from "../../navigation";

export const metadata: Metadata = { title: "Administration" };

/** Nothing is counted beyond this. */
const most = 100;
const failureDays = 7;

export default async function AdministrationPage() {
  const viewer = await viewerFor("/admin");
  const [reviews, clouds, failedRuns, workers] = await Promise.all([
    countReviews(viewer, most),
    listEnabledHealth(),
    countFailedRuns(viewer, { days: failureDays, most }),
    listWorkers(viewer),
  ]);
  return (
    <Page>
      <PageHeader title="Administration" description={`Rostrum ${packageJson.version}`} />
      <AdminFigures
        reviews={reviews}
        clouds={clouds}
        failedRuns={failedRuns}
        failureDays={failureDays}
        workers={{ alive: workers.filter((one) => one.alive).length, known: workers.length }}
        most={most}
      />
      <AdminAreas hrefs={adminPages(viewer).map((item) => item.href)} />
      <LiveRefresh topics={["admin"]} pollMs={30_000} />
    </Page>
  );
}
