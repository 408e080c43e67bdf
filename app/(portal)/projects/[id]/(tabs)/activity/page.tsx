import { csvHref } from "@/components/data/api-href";
import { listCount } from "@/components/data/list-count";
import type { SearchParams } from "@/components/data/list-params";
import { RequestTable } from "@/components/requests/request-table";
import { countRequests, listRequests } from "@/lib/features/requests";
import { requestKinds, requestSorts, requestStatuses } from "@/lib/features/requests/schema";
import { orForbidden } from "../../../../or-not-found";
import { readList } from "../../../../read-list";
import { type ProjectTabProps, readProject } from "../project";

/** What was proposed and done in the project, by users and by Rostrum itself. */
export default async function ProjectActivityPage(
  props: ProjectTabProps & { searchParams: Promise<SearchParams> },
) {
  const [{ id }, params] = await Promise.all([props.params, props.searchParams]);
  const { viewer, project, may } = await readProject(id);
  orForbidden(may("request.read"));
  const list = await readList(params, requestSorts, ({ choice }) => ({
    status: choice("status", requestStatuses),
    kind: choice("kind", requestKinds),
    origin: choice("origin", ["user", "system"]),
    project: project.id,
  }));
  const { filter, pageSize, cursor } = list;
  const page = await listRequests(viewer, { ...filter, limit: pageSize, cursor });
  const count = await listCount(page, list, (most) => countRequests(viewer, filter, most));
  return (
    <RequestTable
      rows={page.items}
      params={params}
      nextCursor={page.nextCursor}
      pageSize={pageSize}
      count={count}
      cancels={may("request.cancel") ? [project.id] : []}
      csvHref={csvHref("/requests", { query: filter })}
      projects={[]}
      path={`/projects/${project.slug}/activity`}
      caption="Requests in this project"
      without={["project"]}
    />
  );
}
