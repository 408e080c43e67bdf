import type { Metadata } from "next";
import { GuardrailList } from "@/components/admin/guardrail-list";
import { ProjectLimits } from "@/components/admin/project-limits";
import { firstParam, listHref, type SearchParams } from "@/components/data/list-params";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listProjects } from "@/lib/features/projects";
import { viewerFor } from "../../door";

export const metadata: Metadata = { title: "Policies" };

export default async function PoliciesPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, viewerFor("/admin/policies")]);
  const cursor = firstParam(params, "cursor");
  const projects = await listProjects(viewer, { limit: 50, cursor });
  return (
    <Page>
      <PageHeader
        title="Policies"
        description="Every plan is checked against these policies. The strictest result applies; requesters see every reason."
      />
      <GuardrailList />
      <ProjectLimits projects={projects.items} />
      {projects.nextCursor || cursor ? (
        <nav aria-label="Pages" className="-mt-2 flex justify-end gap-2">
          {cursor ? (
            <ButtonLink size="sm" href="/admin/policies">
              First page
            </ButtonLink>
          ) : null}
          {projects.nextCursor ? (
            <ButtonLink size="sm" href={listHref("/admin/policies", params, { cursor: projects.nextCursor })}>
              Next
            </ButtonLink>
          ) : null}
        </nav>
      ) : null}
    </Page>
  );
}
