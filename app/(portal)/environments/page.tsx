import type { Metadata } from "next";
import {
  choiceParam,
  firstParam,
  listHref,
  type SearchParams,
  sortFilter,
} from "@/components/data/list-params";
import { EnvironmentTable } from "@/components/environments/environment-table";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page-header";
import { environmentFacets, listEnvironments } from "@/lib/features/environments";
import { environmentStatuses, healthStates } from "@/lib/features/environments/schema";
import { canSomewhere } from "@/lib/platform/auth";
import { LiveRefresh } from "../live-refresh";
import { getViewer } from "../viewer";

export const metadata: Metadata = { title: "Environments" };

const sorts = ["created", "name", "cost", "lease"] as const;

export default async function EnvironmentsPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, getViewer()]);
  const filter = {
    q: firstParam(params, "q"),
    status: choiceParam(params, "status", environmentStatuses),
    health: choiceParam(params, "health", healthStates),
    project: firstParam(params, "project"),
    template: firstParam(params, "template"),
    mine: firstParam(params, "mine") === "true" || undefined,
    ...sortFilter(params, sorts),
  };
  const [page, facets] = await Promise.all([
    listEnvironments(viewer, { ...filter, limit: 50, cursor: firstParam(params, "cursor") }),
    environmentFacets(viewer),
  ]);
  const { mine, ...rest } = filter;
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
      <EnvironmentTable
        rows={page.items}
        params={params}
        nextCursor={page.nextCursor}
        csvHref={listHref("/api/v1/environments", { ...rest, mine: mine && "true", format: "csv" }, {})}
        facets={facets}
      />
      <LiveRefresh topics={[]} pollMs={15_000} />
    </Page>
  );
}
