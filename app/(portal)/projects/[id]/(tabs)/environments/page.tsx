import { UnownedEnvironments } from "@/components/admin/unowned-environments";
import type { SearchParams } from "@/components/data/list-params";
import { ownerOptions } from "@/components/environments/owner-options";
import { listEnvironments } from "@/lib/features/environments";
import { listMembers } from "@/lib/features/projects";
import { EnvironmentList } from "../../../../environment-list";
import { orForbidden } from "../../../../or-not-found";
import { type ProjectTabProps, readProject } from "../project";

export default async function ProjectEnvironmentsPage(
  props: ProjectTabProps & { searchParams: Promise<SearchParams> },
) {
  const [{ id }, params] = await Promise.all([props.params, props.searchParams]);
  const { viewer, project, may } = await readProject(id);
  orForbidden(may("environment.read"));
  return (
    <>
      {may("member.manage") ? <Unowned id={project.id} /> : null}
      <EnvironmentList viewer={viewer} params={params} project={project} />
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
