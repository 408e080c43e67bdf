import type { Metadata } from "next";
import { CostCenters } from "@/components/admin/cost-centers";
import { NewProject } from "@/components/admin/new-project";
import { firstParam, type SearchParams } from "@/components/data/list-params";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listCostCenters } from "@/lib/features/projects";
import { can } from "@/lib/platform/auth";
import { viewerFor } from "../../door";
import { ProjectList } from "../../project-list";

export const metadata: Metadata = { title: "Projects and cost centers" };

export default async function ProjectsPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, viewerFor("/admin/projects")]);
  const costCenters = await listCostCenters(viewer);
  return (
    <Page>
      <PageHeader
        title="Projects and cost centers"
        description="Teams, limits and cost allocation"
        actions={
          can(viewer, "project.manage") ? (
            <NewProject
              costCenters={costCenters}
              defaultOpen={firstParam(params, "new") === "project"}
              searches={can(viewer, "user.read")}
            />
          ) : null
        }
      />
      <ProjectList {...{ viewer, params, costCenters }} path="/admin/projects" />
      <CostCenters costCenters={costCenters} manages={can(viewer, "cost-center.manage")} />
    </Page>
  );
}
