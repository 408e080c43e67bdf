import { ProjectMembers } from "@/components/admin/project-members";
import { listMembers } from "@/lib/features/projects";
import { can } from "@/lib/platform/auth";
import { type ProjectTabProps, readProject } from "../project";

export default async function ProjectMembersPage({ params }: ProjectTabProps) {
  const { viewer, project, may } = await readProject((await params).id);
  return (
    <ProjectMembers
      projectId={project.id}
      projectName={project.name}
      members={await listMembers(viewer, project.id)}
      manages={may("member.manage")}
      searches={can(viewer, "user.read")}
    />
  );
}
