import { csvHref } from "@/components/data/api-href";
import { listCount } from "@/components/data/list-count";
import type { SearchParams } from "@/components/data/list-params";
import { EnvironmentTable } from "@/components/environments/environment-table";
import { countEnvironments, environmentFacets, listEnvironments } from "@/lib/features/environments";
import { environmentStatuses, healthStates } from "@/lib/features/environments/schema";
import type { PersonActor } from "@/lib/platform/auth";
import { projectsWhere } from "./projects-where";
import { readList } from "./read-list";

const sorts = ["created", "name", "cost", "lease"] as const;

export interface EnvironmentListProps {
  viewer: PersonActor;
  params: SearchParams;
  /** Those of one project alone; on its own page. */
  project?: { id: string; slug: string };
}

/** The environments a person may see, filtered and sorted as the URL says. */
export async function EnvironmentList({ viewer, params, project }: EnvironmentListProps) {
  const list = await readList(params, sorts, ({ text, choice }) => ({
    status: choice("status", environmentStatuses),
    health: choice("health", healthStates),
    project: project?.id ?? text("project"),
    template: text("template"),
    mine: text("mine") === "true" || undefined,
  }));
  const { filter, pageSize, cursor } = list;
  const [page, facets] = await Promise.all([
    listEnvironments(viewer, { ...filter, limit: pageSize, cursor }),
    environmentFacets(viewer),
  ]);
  const count = await listCount(page, list, (most) => countEnvironments(viewer, filter, most));
  return (
    <EnvironmentTable
      rows={page.items}
      params={params}
      nextCursor={page.nextCursor}
      pageSize={pageSize}
      count={count}
      changes={projectsWhere(viewer, "environment.request", page.items)}
      csvHref={csvHref("/environments", { query: { ...filter, mine: filter.mine && "true" } })}
      facets={facets}
      {...(project && { path: `/projects/${project.slug}/environments`, without: ["project"] })}
    />
  );
}
