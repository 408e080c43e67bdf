import { ProjectUse } from "@/components/admin/project-use";
import { RecentEnvironments } from "@/components/projects/recent-environments";
import { RecentRequests } from "@/components/projects/recent-requests";
import { listEnvironments } from "@/lib/features/environments";
import { projectUsage } from "@/lib/features/projects";
import { listRequests } from "@/lib/features/requests";
import { type ProjectTabProps, readProject } from "./project";

const shown = 6;

/** What a project has, what it may have, and what changed last. */
export default async function ProjectOverviewPage({ params }: ProjectTabProps) {
  const { viewer, project, may } = await readProject((await params).id);
  const [usage, environments, requests] = await Promise.all([
    projectUsage(viewer, project.id),
    may("environment.read") ? listEnvironments(viewer, { project: project.id, limit: shown }) : null,
    may("request.read") ? listRequests(viewer, { project: project.id, limit: shown }) : null,
  ]);
  const home = `/projects/${project.slug}`;
  return (
    <>
      <ProjectUse project={project} quotas={usage.quotas} committedMonthly={usage.committedMonthly} />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        {environments ? <RecentEnvironments rows={environments.items} href={`${home}/environments`} /> : null}
        {requests ? <RecentRequests rows={requests.items} href={`${home}/activity`} /> : null}
      </div>
    </>
  );
}
