import { Cloud } from "lucide-react";
import type { Metadata } from "next";
import { CloudCard } from "@/components/admin/cloud-card";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listClouds } from "@/lib/features/clouds";
import { can } from "@/lib/platform/auth";
import { viewerFor } from "../../door";
import { LiveRefresh } from "../../live-refresh";

export const metadata: Metadata = { title: "Clouds" };

export default async function CloudsPage() {
  const viewer = await viewerFor("/admin/clouds");
  const clouds = await listClouds();
  const manages = can(viewer, "cloud.manage");
  const unhealthy = clouds.filter((cloud) => cloud.enabled && cloud.healthOk === false).length;
  const add = manages ? (
    <ButtonLink href="/admin/clouds/new" variant="primary">
      Add cloud
    </ButtonLink>
  ) : null;
  return (
    <Page>
      <PageHeader
        title="Clouds"
        description={`Where environments run · ${unhealthy > 0 ? `${unhealthy} unhealthy` : "all healthy"}`}
        actions={add}
      />
      {clouds.length === 0 ? (
        <Card flush>
          <EmptyState icon={<Cloud />} title="No clouds yet" action={add}>
            Add a cloud to create environments. This machine or a Docker engine is enough to start.
          </EmptyState>
        </Card>
      ) : (
        <div className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
          {clouds.map((cloud) => (
            <CloudCard key={cloud.id} cloud={cloud} manages={manages} />
          ))}
        </div>
      )}
      <LiveRefresh topics={[]} pollMs={15_000} />
    </Page>
  );
}
