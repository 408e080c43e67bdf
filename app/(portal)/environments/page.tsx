import type { Metadata } from "next";
import type { SearchParams } from "@/components/data/list-params";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page-header";
import { canSomewhere, type PersonActor, visibleProjects } from "@/lib/platform/auth";
import { EnvironmentList } from "../environment-list";
import { LiveRefresh } from "../live-refresh";
import { getViewer } from "../viewer";

export const metadata: Metadata = { title: "Environments" };

export default async function EnvironmentsPage(props: { searchParams: Promise<SearchParams> }) {
  const [asked, viewer] = await Promise.all([props.searchParams, getViewer()]);
  return (
    <Page>
      <PageHeader
        title="Environments"
        description="All environments in your projects"
        actions={
          canSomewhere(viewer, "environment.request") ? (
            <ButtonLink href="/catalog" variant="primary">
              New environment
            </ButtonLink>
          ) : null
        }
      />
      <EnvironmentList viewer={viewer} params={shownParams(asked, viewer)} />
      <LiveRefresh topics={[]} pollMs={15_000} />
    </Page>
  );
}

/**
 * The list begins with one's own environments for those who request them in their projects. An address that asks for
 * anything is taken at its word: links from elsewhere mean all environments.
 */
function shownParams(asked: SearchParams, viewer: PersonActor): SearchParams {
  const bare = Object.keys(asked).every((name) => name === "limit");
  const own =
    canSomewhere(viewer, "environment.request") && visibleProjects(viewer, "environment.read") !== "all";
  return bare && own ? { ...asked, mine: "true" } : asked;
}
