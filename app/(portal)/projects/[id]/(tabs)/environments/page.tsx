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
import { environmentFacets, listEnvironments } from "@/lib/features/environments";
import { environmentStatuses, healthStates } from "@/lib/features/environments/schema";
import { listMembers } from "@/lib/features/projects";
import { orForbidden } from "../../../../or-not-found";
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
  const [page, facets] = await Promise.all([
    listEnvironments(viewer, { ...filter, limit: 50, cursor: firstParam(params, "cursor") }),
    environmentFacets(viewer),
  ]);
  const { mine, ...rest } = filter;
  return (
    <>
      {may("member.manage") ? <Unowned id={project.id} /> : null}
      <EnvironmentTable
        rows={page.items}
        params={params}
        nextCursor={page.nextCursor}
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
