import { Inbox } from "lucide-react";
import type { Metadata } from "next";
import { DataTable } from "@/components/data/data-table";
import { firstParam, type SearchParams, sortFilter } from "@/components/data/list-params";
import { LiveRefresh } from "@/components/data/live-refresh";
import { requestColumns } from "@/components/requests/request-columns";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listProjects } from "@/lib/features/projects";
import { listRequests } from "@/lib/features/requests";
import {
  requestKindLabels,
  requestKinds,
  requestSorts,
  requestStatuses,
  requestStatusLabels,
} from "@/lib/features/requests/schema";
import { getViewer } from "../viewer";

export const metadata: Metadata = { title: "Requests" };

const shownTopics = 20;

function oneOf<T extends string>(allowed: readonly T[], value: string | undefined): T | undefined {
  return allowed.find((one) => one === value);
}

export default async function RequestsPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, getViewer()]);
  const filter = {
    search: firstParam(params, "q")?.trim().slice(0, 100) || undefined,
    status: oneOf(requestStatuses, firstParam(params, "status")),
    kind: oneOf(requestKinds, firstParam(params, "kind")),
    project: firstParam(params, "project"),
    mine: firstParam(params, "who") === "me" || undefined,
    origin: oneOf(["user", "system"] as const, firstParam(params, "origin")),
    ...sortFilter(params, requestSorts),
  };
  const [page, projects] = await Promise.all([
    listRequests(viewer, { ...filter, limit: 50, cursor: firstParam(params, "cursor") }),
    listProjects(viewer, { limit: 200 }),
  ]);
  const csv = new URLSearchParams({ format: "csv", limit: "200" });
  for (const [name, value] of Object.entries(filter)) if (value) csv.set(name, String(value));
  const topics = projects.items.slice(0, shownTopics).map((project) => `project:${project.id}`);
  return (
    <Page>
      <LiveRefresh topics={topics} />
      <PageHeader
        title="Requests"
        description="Everything that was asked for, by people and by Rostrum itself."
        actions={
          <ButtonLink href="/catalog" variant="primary">
            New environment
          </ButtonLink>
        }
      />
      <DataTable
        caption="Requests"
        columns={requestColumns}
        rows={page.items}
        rowKey={(row) => row.id}
        path="/requests"
        params={params}
        searchPlaceholder="Search name or reason"
        filters={[
          { name: "who", label: "Asked by", options: [{ value: "me", label: "Me" }] },
          {
            name: "status",
            label: "State",
            options: requestStatuses.map((value) => ({ value, label: requestStatusLabels[value] })),
          },
          {
            name: "kind",
            label: "Kind",
            options: requestKinds.map((value) => ({ value, label: requestKindLabels[value] })),
          },
          {
            name: "project",
            label: "Project",
            options: projects.items.map((project) => ({ value: project.slug, label: project.name })),
          },
          {
            name: "origin",
            label: "Origin",
            options: [
              { value: "user", label: "People" },
              { value: "system", label: "Rostrum itself" },
            ],
          },
        ]}
        nextCursor={page.nextCursor}
        csvHref={`/api/v1/requests?${csv}`}
        empty={
          <EmptyState
            icon={<Inbox />}
            title="Nothing was asked for yet"
            action={
              <ButtonLink href="/catalog" variant="primary">
                Open the catalog
              </ButtonLink>
            }
          >
            A request begins with a template: choose one, and see at once what it costs.
          </EmptyState>
        }
      />
    </Page>
  );
}
