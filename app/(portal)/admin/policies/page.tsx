import type { Metadata } from "next";
import { GuardrailList } from "@/components/admin/guardrail-list";
import { ProjectLimits } from "@/components/admin/project-limits";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listProjects } from "@/lib/features/projects";
import { viewerFor } from "../door";

export const metadata: Metadata = { title: "Policies" };

export default async function PoliciesPage() {
  const viewer = await viewerFor("/admin/policies");
  const projects = await listProjects(viewer, { limit: 200 });
  return (
    <Page>
      <PageHeader
        title="Policies"
        description="Every plan is judged by all of these before it can be submitted. The strictest verdict decides; people see every reason."
      />
      <GuardrailList />
      <ProjectLimits projects={projects.items} />
    </Page>
  );
}
