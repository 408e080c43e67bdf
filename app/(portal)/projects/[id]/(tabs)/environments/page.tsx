import { UnownedEnvironments } from "@/components/admin/unowned-environments";
import {
  choiceParam,
  firstParam,
  listHref,
  type SearchParams,
  sortFilter,
} from "@/components/data/list-params";
import { EnvironmentTable } from "@/components/environments/environment-table";
import { ownerOptions } from "@/components/environments/owner-options";
import { countEnvironments, environmentFacets, listEnvironments } from "@/lib/features/environments";
import { environmentStatuses, healthStates } from "@/lib/features/environments/schema";
import { listMembers } from "@/lib/features/projects";
import { listCount } from "../../../../list-count";
import { orForbidden } from "../../../../or-not-found";
import { readPageSize } from "../../../../page-size";
import { type ProjectTabProps, readProject } from "../project";

const sorts = ["created", "name", "cost", "lease"] as const;

export default async function ProjectEnvironmentsPage(
  props: ProjectTabProps & { searchParams: Promise<SearchParams> },
) {
  const [{ id }, params] = await Promise.all([props.params, props.searchParams]);
  const { viewer, project, may } = await readProject(id);
  orForbidden(may("environment.read"));
  const filter = {
    q: firstParam(params, "q"),
    status: choiceParam(params, "status", environmentStatuses),
    health: choiceParam(params, "health", healthStates),
    template: firstParam(params, "template"),
    mine: firstParam(params, "mine") === "true" || undefined,
    project: project.id,
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
    <>
      {may("member.manage") ? <Unowned id={project.id} /> : null}
      <EnvironmentTable
        rows={page.items}
        params={params}
        nextCursor={page.nextCursor}
        pageSize={pageSize}
        count={count}
        changes={may("environment.request") ? [project.id] : []}
        csvHref={listHref("/api/v1/environments", { ...rest, mine: mine && "true", format: "csv" }, {})}
        facets={facets}
        path={`/projects/${project.slug}/environments`}
        without={["project"]}
      />
    </>
  );
}

/** Environments whose owners left, for those who can give them to others. */
async function Unowned({ id }: { id: string }) {
  const { viewer } = await readProject(id);
  const [unowned, members] = await Promise.all([
    listEnvironments(viewer, { project: id, unowned: true, sort: "name", limit: 50 }),
    listMembers(viewer, id),
  ]);
  return (
    <UnownedEnvironments
      environments={unowned.items}
      candidates={ownerOptions(members)}
      more={unowned.nextCursor !== null}
    />
  );
}
