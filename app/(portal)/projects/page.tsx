import type { Metadata } from "next";
import type { SearchParams } from "@/components/data/list-params";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listCostCenters } from "@/lib/features/projects";
import { can } from "@/lib/platform/auth";
import { ProjectList } from "../project-list";
import { getViewer } from "../viewer";

export const metadata: Metadata = { title: "Projects" };

export default async function ProjectsPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, getViewer()]);
  const costCenters = await listCostCenters(viewer);
  return (
    <Page>
      <PageHeader
        title="Projects"
        description={
          can(viewer, "project.read") ? "All projects of the organization" : "Projects you’re a member of"
        }
        actions={
          can(viewer, "cost-center.manage") ? (
            <ButtonLink href="/admin/projects">Manage projects</ButtonLink>
          ) : null
        }
      />
      <ProjectList {...{ viewer, params, costCenters }} path="/projects" />
    </Page>
  );
}
