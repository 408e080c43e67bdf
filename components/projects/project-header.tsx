import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import { type LinkTab, LinkTabs } from "@/components/ui/tabs";
import { type ProjectDto, projectRoleLabels } from "@/lib/features/projects/schema";

export interface ProjectHeaderProps {
  project: ProjectDto;
  tabs: readonly LinkTab[];
  /** The viewer may request environments in it. */
  requests: boolean;
  /** The viewer manages its members. */
  manages: boolean;
}

/** Which project, what the viewer is in it, what can be done; then the tabs. */
export function ProjectHeader({ project, tabs, requests, manages }: ProjectHeaderProps) {
  const { slug, name, description, costCenter, archived, myRole } = project;
  return (
    <div className="grid gap-4">
      <PageHeader
        breadcrumb={[{ label: "Projects", href: "/projects" }, { label: slug }]}
        title={name}
        status={
          <>
            {archived ? <Badge>Archived</Badge> : null}
            {myRole ? <Badge>{projectRoleLabels[myRole]}</Badge> : null}
          </>
        }
        description={description || `Charged to the cost center ${costCenter.name} (${costCenter.code})`}
        actions={
          <>
            {manages ? <ButtonLink href={`/admin/projects/${slug}`}>Project settings</ButtonLink> : null}
            {requests ? (
              <ButtonLink href="/catalog" variant="primary">
                New environment
              </ButtonLink>
            ) : null}
          </>
        }
      />
      <LinkTabs tabs={tabs} label="Project" />
    </div>
  );
}
