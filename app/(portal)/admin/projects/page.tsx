import type { Metadata } from "next";
import { NewProject } from "@/components/admin/new-project";
import { ProjectTable } from "@/components/admin/project-table";
import { firstParam, listHref, type SearchParams } from "@/components/data/list-params";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listCostCenters, listProjects } from "@/lib/features/projects";
import { can } from "@/lib/platform/auth";
import { viewerFor } from "../door";

export const metadata: Metadata = { title: "Projects" };

export default async function ProjectsPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, viewerFor("/admin/projects")]);
  const q = firstParam(params, "q")?.slice(0, 100);
  const archived = firstParam(params, "archived") === "true";
  const [page, costCenters] = await Promise.all([
    listProjects(viewer, { q, archived, limit: 50, cursor: firstParam(params, "cursor") }),
    listCostCenters(viewer),
  ]);
  return (
    <Page>
      <PageHeader
        title="Projects"
        description="Who works together, what they may use, and who pays."
        actions={can(viewer, "project.manage") ? <NewProject costCenters={costCenters} /> : null}
      />
      <ProjectTable
        rows={page.items}
        params={params}
        nextCursor={page.nextCursor}
        csvHref={listHref(
          "/api/v1/projects",
          { q, archived: archived ? "true" : undefined, format: "csv" },
          {},
        )}
      />
    </Page>
  );
}
