import { csvHref } from "@/components/data/api-href";
import { choiceParam, firstParam, type SearchParams, sortFilter } from "@/components/data/list-params";
import { EnvironmentTable } from "@/components/environments/environment-table";
import { countEnvironments, environmentFacets, listEnvironments } from "@/lib/features/environments";
import { environmentStatuses, healthStates } from "@/lib/features/environments/schema";
import type { PersonActor } from "@/lib/platform/auth";
import { listCount } from "./list-count";
import { readPageSize } from "./page-size";
import { projectsWhere } from "./projects-where";

const sorts = ["created", "name", "cost", "lease"] as const;

export interface EnvironmentListProps {
  viewer: PersonActor;
  params: SearchParams;
  /** Those of one project alone; on its own page. */
  project?: { id: string; slug: string };
}

/** The environments a person may see, filtered and sorted as the URL says. */
export async function EnvironmentList({ viewer, params, project }: EnvironmentListProps) {
  const filter = {
    q: firstParam(params, "q"),
    status: choiceParam(params, "status", environmentStatuses),
    health: choiceParam(params, "health", healthStates),
    project: project?.id ?? firstParam(params, "project"),
    template: firstParam(params, "template"),
    mine: firstParam(params, "mine") === "true" || undefined,
    ...sortFilter(params, sorts),
  };
  const pageSize = await readPageSize(params);
  const cursor = firstParam(params, "cursor");
  const [page, facets] = await Promise.all([
    listEnvironments(viewer, { ...filter, limit: pageSize, cursor }),
    environmentFacets(viewer),
  ]);
  const count = await listCount(page, cursor, (most) => countEnvironments(viewer, filter, most));
  const { mine, ...rest } = filter;
  return (
    <EnvironmentTable
      rows={page.items}
      params={params}
      nextCursor={page.nextCursor}
      pageSize={pageSize}
      count={count}
      changes={projectsWhere(viewer, "environment.request", page.items)}
      csvHref={csvHref("/environments", { query: { ...rest, mine: mine && "true" } })}
      facets={facets}
      {...(project && { path: `/projects/${project.slug}/environments`, without: ["project"] })}
    />
  );
}
