import { csvHref } from "@/components/data/api-href";
import { choiceParam, firstParam, type SearchParams, sortFilter } from "@/components/data/list-params";
import { RequestTable } from "@/components/requests/request-table";
import { countRequests, listRequests } from "@/lib/features/requests";
import { requestKinds, requestSorts, requestStatuses } from "@/lib/features/requests/schema";
import { listCount } from "../../../../list-count";
import { orForbidden } from "../../../../or-not-found";
import { readPageSize } from "../../../../page-size";
import { type ProjectTabProps, readProject } from "../project";

/** What was proposed and done in the project, by users and by Rostrum itself. */
export default async function ProjectActivityPage(
  props: ProjectTabProps & { searchParams: Promise<SearchParams> },
) {
  const [{ id }, params] = await Promise.all([props.params, props.searchParams]);
  const { viewer, project, may } = await readProject(id);
  orForbidden(may("request.read"));
  const filter = {
    q: firstParam(params, "q")?.trim().slice(0, 100) || undefined,
    status: choiceParam(params, "status", requestStatuses),
    kind: choiceParam(params, "kind", requestKinds),
    origin: choiceParam(params, "origin", ["user", "system"]),
    project: project.id,
    ...sortFilter(params, requestSorts),
  };
  const pageSize = await readPageSize(params);
  const cursor = firstParam(params, "cursor");
  const page = await listRequests(viewer, { ...filter, limit: pageSize, cursor });
  const count = await listCount(page, cursor, (most) => countRequests(viewer, filter, most));
  return (
    <RequestTable
      rows={page.items}
      params={params}
      nextCursor={page.nextCursor}
      pageSize={pageSize}
      count={count}
      cancels={may("request.cancel") ? [project.id] : []}
      csvHref={csvHref("/requests", { query: { ...filter, limit: 200 } })}
      projects={[]}
      path={`/projects/${project.slug}/activity`}
      caption="Requests in this project"
      without={["project"]}
    />
  );
}
