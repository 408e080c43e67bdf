import type { Metadata } from "next";
import { ProjectTable } from "@/components/admin/project-table";
import { firstParam, listHref, readSort, type SearchParams } from "@/components/data/list-params";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listCostCenters, listProjects } from "@/lib/features/projects";
import { can } from "@/lib/platform/auth";
import { readPageSize } from "../page-size";
import { getViewer } from "../viewer";

export const metadata: Metadata = { title: "Projects" };

const sorts = ["name", "budget", "environments"] as const;

export default async function ProjectsPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, getViewer()]);
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
  const all = can(viewer, "project.read");
  return (
    <Page>
      <PageHeader
        title="Projects"
        description={all ? "All projects of the organization" : "Projects you’re a member of"}
        actions={
          can(viewer, "cost-center.manage") ? (
            <ButtonLink href="/admin/projects">Manage projects</ButtonLink>
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
        path="/projects"
      />
    </Page>
  );
}
