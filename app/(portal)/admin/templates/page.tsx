import type { Metadata } from "next";
import { TemplateTable } from "@/components/admin/template-table";
import { sortVersions, versionSorts } from "@/components/admin/version-sort";
import { VersionsWaiting } from "@/components/admin/versions-waiting";
import { choiceParam, firstParam, type SearchParams, sortFilter } from "@/components/data/list-params";
import { LiveRefresh } from "@/components/data/live-refresh";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listVersions } from "@/lib/features/catalog";
import { versionStatuses } from "@/lib/features/catalog/schema";
import { can } from "@/lib/platform/auth";
import { viewerFor } from "../door";

export const metadata: Metadata = { title: "Templates" };

export default async function TemplatesPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, viewerFor("/admin/templates")]);
  const all = await listVersions(viewer);
  const words = firstParam(params, "q")?.toLowerCase();
  const status = choiceParam(params, "status", versionStatuses);
  const matching = all.filter(
    (row) =>
      (!words || `${row.title} ${row.template} ${row.category}`.toLowerCase().includes(words)) &&
      (!status || row.status === status),
  );
  const rows = sortVersions(matching, sortFilter(params, versionSorts));
  const waiting = all
    .filter((row) => row.status === "in_review" || row.status === "draft")
    .sort((left, right) => Number(right.status === "in_review") - Number(left.status === "in_review"));
  return (
    <Page>
      <PageHeader
        title="Templates"
        description="What people can order. A new version is a draft until a second person publishes it."
        actions={
          can(viewer, "template.author") ? (
            <ButtonLink href="/admin/templates/new" variant="primary">
              New version
            </ButtonLink>
          ) : null
        }
      />
      <VersionsWaiting rows={waiting} viewerId={viewer.userId} />
      <TemplateTable rows={rows} params={params} />
      <LiveRefresh topics={["admin"]} />
    </Page>
  );
}
