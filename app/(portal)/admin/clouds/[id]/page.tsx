import type { Metadata } from "next";
import { CloudActions } from "@/components/admin/cloud-actions";
import { CloudAllowances } from "@/components/admin/cloud-allowances";
import {
  CloudBadges,
  CloudCapacity,
  CloudFacts,
  CloudWarning,
  cloudState,
} from "@/components/admin/cloud-card";
import { CloudSettings } from "@/components/admin/cloud-settings";
import { configTitles } from "@/components/admin/config-fields";
import { OrphanSearch } from "@/components/admin/orphan-search";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { Page, PageHeader } from "@/components/ui/page-header";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { listPriceBooks } from "@/lib/features/chargeback";
import { getCloud, listDrivers } from "@/lib/features/clouds";
import { type CloudDto, isolationSchema } from "@/lib/features/clouds/schema";
import { formatCount } from "@/lib/kernel/format";
import { can } from "@/lib/platform/auth";
import { viewerFor } from "../../../door";
import { LiveRefresh } from "../../../live-refresh";
import { orNotFound } from "../../../or-not-found";

export const metadata: Metadata = { title: "Cloud" };

function isolationOf(cloud: CloudDto) {
  return isolationSchema.safeParse(cloud.facts.isolation).data;
}

export default async function CloudPage(props: { params: Promise<{ id: string }> }) {
  const [{ id }, viewer] = await Promise.all([props.params, viewerFor("/admin/clouds")]);
  const [cloud, drivers, books] = await Promise.all([
    orNotFound(getCloud(id)),
    listDrivers(),
    listPriceBooks(),
  ]);
  const manages = can(viewer, "cloud.manage");
  const driver = drivers.find((one) => one.kind === cloud.driver);
  const state = cloudState(cloud);
  return (
    <Page>
      <PageHeader
        breadcrumb={[{ label: "Clouds", href: "/admin/clouds" }]}
        title={cloud.title}
        status={
          <Status tone={state.tone} look="pill">
            {state.word}
          </Status>
        }
        description={
          <>
            <span className="font-mono text-sm">{cloud.name}</span> · {cloud.driverTitle}
            {cloud.version ? ` ${cloud.version}` : ""} · checked{" "}
            <Time value={cloud.checkedAt} fallback="never" />
          </>
        }
        actions={manages ? <CloudActions cloud={cloud} /> : null}
      />
      {cloud.enabled && cloud.healthOk === false ? (
        <Callout tone="bad" title="Placement paused while this cloud is unhealthy">
          {cloud.healthMessage}
        </Callout>
      ) : null}
      {cloud.enabled && cloud.healthOk && isolationOf(cloud) === "none" ? (
        <Callout tone="warning" title="Components on this cloud aren’t isolated">
          {cloud.healthMessage}
        </Callout>
      ) : null}
      <CloudWarning cloud={cloud} />
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_28rem]">
        <div className="grid min-w-0 gap-5">
          <Card
            title="Capacity"
            aside={`${formatCount(cloud.environments, "environment")}, ${formatCount(cloud.resources, "resource")}`}
          >
            <CloudCapacity cloud={cloud} />
          </Card>
          <Card title="Capabilities">
            <CloudBadges cloud={cloud} />
            <CloudFacts facts={cloud.facts} />
          </Card>
          {cloud.allowances ? (
            <CloudAllowances
              allowances={cloud.allowances}
              titles={driver ? configTitles(driver.configSchema) : {}}
            />
          ) : null}
          <OrphanSearch cloudId={cloud.id} manages={manages} />
        </div>
        {manages && driver ? (
          <CloudSettings cloud={cloud} configSchema={driver.configSchema} priceBooks={books} />
        ) : null}
      </div>
      <LiveRefresh topics={["admin"]} pollMs={15_000} />
    </Page>
  );
}
