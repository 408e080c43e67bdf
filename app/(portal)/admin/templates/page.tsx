import type { Metadata } from "next";
import { TemplateTable } from "@/components/admin/template-table";
import { VersionsWaiting } from "@/components/admin/versions-waiting";
import { csvHref } from "@/components/data/api-href";
import { choiceParam, firstParam, type SearchParams, sortFilter } from "@/components/data/list-params";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page-header";
import { chooseVersions, listVersions } from "@/lib/features/catalog";
import { versionSorts, versionStatuses } from "@/lib/features/catalog/schema";
import { can } from "@/lib/platform/auth";
import { viewerFor } from "../../door";
import { LiveRefresh } from "../../live-refresh";

export const metadata: Metadata = { title: "Templates" };

export default async function TemplatesPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, viewerFor("/admin/templates")]);
  const all = await listVersions(viewer);
  const filter = {
    q: firstParam(params, "q")?.trim().slice(0, 100).trim(),
    status: choiceParam(params, "status", versionStatuses),
    ...sortFilter(params, versionSorts),
  };
  const rows = chooseVersions(all, filter);
  const waiting = all
    .filter((row) => row.status === "in_review" || row.status === "draft")
    .sort((left, right) => Number(right.status === "in_review") - Number(left.status === "in_review"));
  return (
    <Page>
      <PageHeader
        title="Templates"
        description="Manage catalog templates. Another administrator reviews and publishes each new version."
        actions={
          can(viewer, "template.author") ? (
            <ButtonLink href="/admin/templates/new" variant="primary">
              New template version
            </ButtonLink>
          ) : null
        }
      />
      <VersionsWaiting rows={waiting} viewerId={viewer.userId} />
      <TemplateTable rows={rows} params={params} csvHref={csvHref("/template-versions", { query: filter })} />
      <LiveRefresh topics={["admin"]} />
    </Page>
  );
}
