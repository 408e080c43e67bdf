import type { Metadata } from "next";
import { CostCenters } from "@/components/admin/cost-centers";
import { NewProject } from "@/components/admin/new-project";
import { ProjectTable } from "@/components/admin/project-table";
import { firstParam, listHref, readSort, type SearchParams } from "@/components/data/list-params";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listCostCenters, listProjects } from "@/lib/features/projects";
import { can } from "@/lib/platform/auth";
import { viewerFor } from "../../door";
import { readPageSize } from "../../page-size";

export const metadata: Metadata = { title: "Projects and cost centers" };

const sorts = ["name", "budget", "environments"] as const;

export default async function ProjectsPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, viewerFor("/admin/projects")]);
  const sort = readSort(params);
  const filter = {
    q: firstParam(params, "q")?.slice(0, 100),
    archived: firstParam(params, "archived") === "true",
    costCenter: firstParam(params, "costCenter")?.slice(0, 60),
    sort: sorts.find((one) => one === sort?.key),
    direction: sort ? (sort.descending ? ("desc" as const) : ("asc" as const)) : undefined,
  };
  const pageSize = await readPageSize(params);
  const [page, costCenters] = await Promise.all([
    listProjects(viewer, { ...filter, limit: pageSize, cursor: firstParam(params, "cursor") }),
    listCostCenters(viewer),
  ]);
  const { archived, ...rest } = filter;
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
      <ProjectTable
        rows={page.items}
        params={params}
        nextCursor={page.nextCursor}
        pageSize={pageSize}
        csvHref={listHref(
          "/api/v1/projects",
          { ...rest, archived: archived ? "true" : undefined, format: "csv" },
          {},
        )}
        costCenters={costCenters}
        path="/admin/projects"
      />
      <CostCenters costCenters={costCenters} manages={can(viewer, "cost-center.manage")} />
    </Page>
  );
}
