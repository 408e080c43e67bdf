import { ProjectTable } from "@/components/admin/project-table";
import { csvHref } from "@/components/data/api-href";
import { firstParam, type SearchParams, sortFilter } from "@/components/data/list-params";
import { listProjects } from "@/lib/features/projects";
import type { CostCenterDto } from "@/lib/features/projects/schema";
import type { PersonActor } from "@/lib/platform/auth";
import { readPageSize } from "./page-size";

const sorts = ["name", "budget", "environments"] as const;

export interface ProjectListProps {
  viewer: PersonActor;
  params: SearchParams;
  costCenters: readonly CostCenterDto[];
  /** The page it stands on; each project's own page lies below. */
  path: "/projects" | "/admin/projects";
}

/** The projects a person may see, filtered and sorted as the URL says. */
export async function ProjectList({ viewer, params, costCenters, path }: ProjectListProps) {
  const filter = {
    q: firstParam(params, "q")?.slice(0, 100),
    archived: firstParam(params, "archived") === "true",
    costCenter: firstParam(params, "costCenter")?.slice(0, 60),
    ...sortFilter(params, sorts),
  };
  const pageSize = await readPageSize(params);
  const page = await listProjects(viewer, {
    ...filter,
    limit: pageSize,
    cursor: firstParam(params, "cursor"),
  });
  const archived = filter.archived ? "true" : undefined;
  return (
    <ProjectTable
      rows={page.items}
      params={params}
      nextCursor={page.nextCursor}
      pageSize={pageSize}
      csvHref={csvHref("/projects", { query: { ...filter, archived } })}
      costCenters={costCenters}
      path={path}
    />
  );
}
