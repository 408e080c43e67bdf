import type { Metadata } from "next";
import { GitCredentials } from "@/components/admin/git-credentials";
import { ProjectMembers } from "@/components/admin/project-members";
import { ProjectSettings } from "@/components/admin/project-settings";
import { ProjectUse } from "@/components/admin/project-use";
import { UnownedEnvironments } from "@/components/admin/unowned-environments";
import { ownerOptions } from "@/components/environments/owner-options";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listGitCredentials } from "@/lib/features/credentials";
import { listEnvironments } from "@/lib/features/environments";
import { getProject, listCostCenters, listMembers, projectUsage } from "@/lib/features/projects";
import { can } from "@/lib/platform/auth";
import { viewerFor } from "../../../door";
import { orNotFound } from "../../../or-not-found";

export const metadata: Metadata = { title: "Project settings" };

export default async function ProjectPage(props: { params: Promise<{ id: string }> }) {
  const [{ id }, viewer] = await Promise.all([props.params, viewerFor("/admin/projects")]);
  const [project, members, usage, costCenters] = await orNotFound(
    Promise.all([
      getProject(viewer, id),
      listMembers(viewer, id),
      projectUsage(viewer, id),
      listCostCenters(viewer),
    ]),
  );
  const manages = can(viewer, "project.manage");
  const at = { projectId: project.id };
  const credentials = can(viewer, "git-credential.read", at)
    ? await listGitCredentials(viewer, project.id)
    : null;
  const transfers = can(viewer, "member.manage", at);
  const unowned = transfers
    ? await listEnvironments(viewer, { project: project.id, unowned: true, sort: "name", limit: 50 })
    : null;
  return (
    <Page>
      <PageHeader
        breadcrumb={[
          { label: "Projects", href: "/projects" },
          { label: project.name, href: `/projects/${project.slug}` },
          { label: "Settings" },
        ]}
        title={project.name}
        status={project.archived ? <Badge>Archived</Badge> : undefined}
        description={`${project.slug} · ${project.costCenter.name} (${project.costCenter.code})${project.description ? ` · ${project.description}` : ""}`}
        actions={
          can(viewer, "environment.read", { projectId: project.id }) ? (
            <ButtonLink href={`/environments?project=${encodeURIComponent(project.slug)}`}>
              View environments
            </ButtonLink>
          ) : null
        }
      />
      <ProjectUse project={project} quotas={usage.quotas} committedMonthly={usage.committedMonthly} />
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_26rem]">
        <div className="grid gap-5">
          {unowned ? (
            <UnownedEnvironments
              environments={unowned.items}
              candidates={ownerOptions(members)}
              more={unowned.nextCursor !== null}
            />
          ) : null}
          <ProjectMembers
            projectId={project.id}
            projectName={project.name}
            members={members}
            manages={can(viewer, "member.manage", at)}
            searches={can(viewer, "user.read")}
          />
          {credentials ? (
            <GitCredentials
              projectId={project.id}
              credentials={credentials}
              manages={can(viewer, "git-credential.manage", at)}
            />
          ) : null}
        </div>
        {manages ? <ProjectSettings project={project} costCenters={costCenters} /> : null}
      </div>
    </Page>
  );
}
