import Link from "next/link";
import { ActivityList } from "@/components/environments/activity-list";
import { CpuCard } from "@/components/environments/cpu-card";
import { LinksCard } from "@/components/environments/links-card";
import { titlesOf } from "@/components/environments/looks";
import { MonthCard } from "@/components/environments/month-card";
import { ProtectionCard } from "@/components/environments/protection-card";
import { TopologyPanel } from "@/components/environments/topology-panel";
import { Card } from "@/components/ui/card";
import { getProtection, listBackups } from "@/lib/features/backups";
import { environmentCost } from "@/lib/features/chargeback";
import { listActivity } from "@/lib/features/environments";
import { listIncidents, metricsOf } from "@/lib/features/monitoring";
import { can } from "@/lib/platform/auth";
import { readEnvironment } from "./environment";

const lately = 5;
const looksBack = 40;

export default async function OverviewPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { viewer, environment } = await readEnvironment(id);
  const seesCost = can(viewer, "cost.read", { projectId: environment.project.id });
  const [incidents, metrics, backups, protection, activity, cost] = await Promise.all([
    listIncidents(viewer, id, 20),
    metricsOf(viewer, id, "1h"),
    listBackups(viewer, id),
    getProtection(viewer, id),
    listActivity(viewer, id, looksBack),
    seesCost ? environmentCost(viewer, id) : null,
  ]);
  // Successful nightly backups would hide everything else; those a user requested are news.
  const routine = (one: (typeof activity)[number]) =>
    one.kind === "backup" && one.tone === "good" && one.who === "System";
  const news = activity.filter((one) => !routine(one)).slice(0, lately);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid min-w-0 gap-4 sm:grid-cols-2">
        <div className="sm:col-span-2">
          <TopologyPanel environment={environment} incidents={incidents} />
        </div>
        {environment.destroyedAt ? null : <CpuCard metrics={metrics} resources={environment.resources} />}
        <div className={environment.destroyedAt ? "sm:col-span-2" : "grid min-w-0"}>
          <MonthCard
            environmentId={id}
            cost={cost}
            planned={environment.planned}
            titles={titlesOf(environment.resources)}
          />
        </div>
      </div>
      <div className="grid min-w-0 gap-4">
        <LinksCard environment={environment} />
        <ProtectionCard environment={environment} backups={backups} protection={protection} />
        <Card
          title="Recent activity"
          aside={
            <Link href={`/environments/${id}/activity`} className="link-quiet">
              View all
            </Link>
          }
        >
          <ActivityList items={news} brief />
        </Card>
      </div>
    </div>
  );
}
