import { csvHref } from "@/components/data/api-href";
import { listCount } from "@/components/data/list-count";
import type { SearchParams } from "@/components/data/list-params";
import { RequestTable } from "@/components/requests/request-table";
import { listProjectNames } from "@/lib/features/projects";
import { countRequests, listRequests } from "@/lib/features/requests";
import { requestKinds, requestSorts, requestStatuses } from "@/lib/features/requests/schema";
import { LiveRefresh } from "../../live-refresh";
import { projectsWhere } from "../../projects-where";
import { readList } from "../../read-list";
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
  const list = await readList(params, requestSorts, ({ text, choice }) => ({
    status: choice("status", requestStatuses),
    kind: choice("kind", requestKinds),
    project: text("project"),
    mine,
    origin: mine ? undefined : choice("origin", ["user", "system"]),
  }));
  const { filter, pageSize, cursor } = list;
  const [page, projects] = await Promise.all([
    listRequests(viewer, { ...filter, limit: pageSize, cursor }),
    listProjectNames(viewer),
  ]);
  // Reasons have no index for parts of words.
  const counting = filter.q ? null : (most: number) => countRequests(viewer, filter, most);
  const count = await listCount(page, list, counting);
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
        csvHref={csvHref("/requests", { query: { ...filter, mine: filter.mine && "true" } })}
        projects={projects.map((project) => ({ value: project.slug, label: project.name }))}
        {...(mine && { path: "/requests/mine", caption: "My requests", without: ["origin"] })}
      />
    </>
  );
}
