import { ProjectLimitList } from "@/components/projects/project-limit-list";
import { projectUsage } from "@/lib/features/projects";
import { type ProjectTabProps, readProject } from "../project";

export default async function ProjectLimitsPage({ params }: ProjectTabProps) {
  const { viewer, project } = await readProject((await params).id);
  const usage = await projectUsage(viewer, project.id);
  return (
    <ProjectLimitList project={project} quotas={usage.quotas} committedMonthly={usage.committedMonthly} />
  );
}
