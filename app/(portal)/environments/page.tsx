import type { Metadata } from "next";
import {
  choiceParam,
  firstParam,
  listHref,
  type SearchParams,
  sortFilter,
} from "@/components/data/list-params";
import { EnvironmentTable } from "@/components/environments/environment-table";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page-header";
import { countEnvironments, environmentFacets, listEnvironments } from "@/lib/features/environments";
import { environmentStatuses, healthStates } from "@/lib/features/environments/schema";
import { canSomewhere, type PersonActor, visibleProjects } from "@/lib/platform/auth";
import { listCount } from "../list-count";
import { LiveRefresh } from "../live-refresh";
import { readPageSize } from "../page-size";
import { projectsWhere } from "../projects-where";
import { getViewer } from "../viewer";

export const metadata: Metadata = { title: "Environments" };

const sorts = ["created", "name", "cost", "lease"] as const;

export default async function EnvironmentsPage(props: { searchParams: Promise<SearchParams> }) {
  const [asked, viewer] = await Promise.all([props.searchParams, getViewer()]);
  const params = shownParams(asked, viewer);
  const filter = {
    q: firstParam(params, "q"),
    status: choiceParam(params, "status", environmentStatuses),
    health: choiceParam(params, "health", healthStates),
    project: firstParam(params, "project"),
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
    <Page>
      <PageHeader
        title="Environments"
        description="All environments in your projects"
        actions={
          canSomewhere(viewer, "environment.request") ? (
            <ButtonLink href="/catalog" variant="primary">
              New environment
            </ButtonLink>
          ) : null
        }
      />
      <EnvironmentTable
        rows={page.items}
        params={params}
        nextCursor={page.nextCursor}
        pageSize={pageSize}
        count={count}
        changes={projectsWhere(viewer, "environment.request", page.items)}
        csvHref={listHref("/api/v1/environments", { ...rest, mine: mine && "true", format: "csv" }, {})}
        facets={facets}
      />
      <LiveRefresh topics={[]} pollMs={15_000} />
    </Page>
  );
}

/**
 * The list begins with one's own environments for those who request them in their projects. An address that asks for
 * anything is taken at its word: links from elsewhere mean all environments.
 */
function shownParams(asked: SearchParams, viewer: PersonActor): SearchParams {
  const bare = Object.keys(asked).every((name) => name === "limit");
  const own =
    canSomewhere(viewer, "environment.request") && visibleProjects(viewer, "environment.read") !== "all";
  return bare && own ? { ...asked, mine: "true" } : asked;
}
