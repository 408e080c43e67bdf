"use client";

import { Inbox } from "lucide-react";
import { OpenCatalog } from "@/components/catalog/open-catalog";
import { DataTable } from "@/components/data/data-table";
import type { FilterSpec } from "@/components/data/list-controls";
import type { ListCount } from "@/components/data/list-count";
import type { PageSize, SearchParams } from "@/components/data/list-params";
import { optionsOf } from "@/components/data/options";
import { rowMenuIcons } from "@/components/data/row-menu";
import { EmptyState } from "@/components/ui/empty-state";
import { IconSheet } from "@/components/ui/icon-sheet";
import {
  type RequestSummary,
  requestKindLabels,
  requestKinds,
  requestStatuses,
  requestStatusLabels,
} from "@/lib/features/requests/schema";
import { requestColumnsFor } from "./request-columns";

export interface RequestTableProps {
  rows: readonly RequestSummary[];
  params: SearchParams;
  nextCursor: string | null;
  pageSize: PageSize;
  count: ListCount;
  csvHref: string;
  /** IDs of the projects in which the person may cancel requests. */
  cancels: readonly string[];
  /** What the list can be narrowed to. */
  projects: { value: string; label: string }[];
  /** The page it stands on. */
  path?: string;
  caption?: string;
  /** Filters that would change nothing on this page. */
  without?: readonly string[];
}

/** The list of requests with its filters. */
export function RequestTable(props: RequestTableProps) {
  const {
    rows,
    params,
    nextCursor,
    pageSize,
    count,
    csvHref,
    path = "/requests",
    caption = "Requests",
    without = [],
  } = props;
  return (
    <>
      <IconSheet icons={rowMenuIcons} />
      <DataTable
        caption={caption}
        noun="request"
        columns={requestColumnsFor(new Set(props.cancels))}
        rows={rows}
        rowKey={(row) => row.id}
        path={path}
        params={params}
        searchPlaceholder="Search name or reason"
        filters={filtersOf(props).filter((filter) => !without.includes(filter.name))}
        nextCursor={nextCursor}
        pageSize={pageSize}
        count={count}
        csvHref={csvHref}
        empty={
          <EmptyState icon={<Inbox />} title="No requests yet" action={<OpenCatalog />}>
            Pick a template from the catalog to create your first request.
          </EmptyState>
        }
      />
    </>
  );
}

function filtersOf({ projects }: RequestTableProps): FilterSpec[] {
  return [
    { name: "status", label: "Status", options: optionsOf(requestStatuses, requestStatusLabels) },
    { name: "kind", label: "Kind", options: optionsOf(requestKinds, requestKindLabels) },
    { name: "project", label: "Project", options: projects },
    {
      name: "origin",
      label: "Origin",
      options: [
        { value: "user", label: "User" },
        { value: "system", label: "System" },
      ],
    },
  ];
}
