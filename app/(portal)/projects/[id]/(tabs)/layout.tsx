import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ProjectHeader } from "@/components/projects/project-header";
import { Page } from "@/components/ui/page-header";
import { LiveRefresh } from "../../../live-refresh";
import { projectTabs } from "../../../tabs";
import { type ProjectTabProps, readProject } from "./project";

export async function generateMetadata({ params }: ProjectTabProps): Promise<Metadata> {
  const { project } = await readProject((await params).id);
  return { title: project.name };
}

/** The frame of every tab of a project. */
export default async function ProjectLayout({ params, children }: ProjectTabProps & { children: ReactNode }) {
  const { project, may } = await readProject((await params).id);
  return (
    <Page>
      <ProjectHeader
        project={project}
        tabs={projectTabs(project, may)}
        requests={may("environment.request") && !project.archived}
        manages={may("member.manage")}
      />
      {children}
      <LiveRefresh topics={[`project:${project.id}`]} pollMs={30_000} />
    </Page>
  );
}
