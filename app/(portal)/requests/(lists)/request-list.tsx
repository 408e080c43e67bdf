import { csvHref } from "@/components/data/api-href";
import { choiceParam, firstParam, type SearchParams, sortFilter } from "@/components/data/list-params";
import { RequestTable } from "@/components/requests/request-table";
import { listProjectNames } from "@/lib/features/projects";
import { countRequests, listRequests } from "@/lib/features/requests";
import { requestKinds, requestSorts, requestStatuses } from "@/lib/features/requests/schema";
import { listCount } from "../../list-count";
import { LiveRefresh } from "../../live-refresh";
import { readPageSize } from "../../page-size";
import { projectsWhere } from "../../projects-where";
import { getViewer } from "../../viewer";

const shownTopics = 20;

export interface RequestListProps {
  searchParams: Promise<SearchParams>;
  /** Only those of the person who looks. */
  mine?: true;
}

/** The requests a person may see, or their own, filtered as the URL says. */
export async function RequestList({ searchParams, mine }: RequestListProps) {
  const [params, viewer] = await Promise.all([searchParams, getViewer()]);
  const filter = {
    q: firstParam(params, "q")?.trim().slice(0, 100) || undefined,
    status: choiceParam(params, "status", requestStatuses),
    kind: choiceParam(params, "kind", requestKinds),
    project: firstParam(params, "project"),
    mine,
    origin: mine ? undefined : choiceParam(params, "origin", ["user", "system"]),
    ...sortFilter(params, requestSorts),
  };
  const pageSize = await readPageSize(params);
  const cursor = firstParam(params, "cursor");
  const [page, projects] = await Promise.all([
    listRequests(viewer, { ...filter, limit: pageSize, cursor }),
    listProjectNames(viewer),
  ]);
  // Reasons have no index for parts of words.
  const counting = filter.q ? null : (most: number) => countRequests(viewer, filter, most);
  const count = await listCount(page, cursor, counting);
  const csv = { ...filter, mine: mine ? "true" : undefined, limit: 200 };
  const topics = projects.slice(0, shownTopics).map((project) => `project:${project.id}`);
  return (
    <>
      <LiveRefresh topics={topics} />
      <RequestTable
        rows={page.items}
        params={params}
        nextCursor={page.nextCursor}
        pageSize={pageSize}
        count={count}
        cancels={projectsWhere(viewer, "request.cancel", page.items)}
        csvHref={csvHref("/requests", { query: csv })}
        projects={projects.map((project) => ({ value: project.slug, label: project.name }))}
        {...(mine && { path: "/requests/mine", caption: "My requests", without: ["origin"] })}
      />
    </>
  );
}
