import type { Metadata } from "next";
import { CloudForm } from "@/components/admin/cloud-form";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listDrivers } from "@/lib/features/clouds";
import { viewerFor } from "../../../door";

export const metadata: Metadata = { title: "Add cloud" };

export default async function NewCloudPage() {
  await viewerFor("/admin/clouds/new");
  return (
    <Page narrow>
      <PageHeader
        breadcrumb={[{ label: "Clouds", href: "/admin/clouds" }]}
        title="Add cloud"
        description="A health check runs as soon as the cloud is added."
      />
      <CloudForm drivers={await listDrivers()} />
    </Page>
  );
}
