"use client";

import Link from "next/link";
import type { Column } from "@/components/data/column";
import { DataTable } from "@/components/data/data-table";
import type { PageSize, SearchParams } from "@/components/data/list-params";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Money } from "@/components/ui/money";
import type { CostCenterDto, ProjectDto } from "@/lib/features/projects/schema";

const none = <span className="text-muted">None</span>;

const columnsOf = (path: string): Column<ProjectDto>[] => [
  {
    key: "name",
    header: "Project",
    sort: "name",
    name: true,
    cell: (row) => (
      <>
        <Link href={`${path}/${row.slug}`} className="font-semibold hover:underline">
          {row.name}
        </Link>
        {row.archived ? <Badge className="ml-2">Archived</Badge> : null}
        <span className="block font-mono text-xs text-muted">{row.slug}</span>
      </>
    ),
  },
  {
    key: "costCenter",
    header: "Cost center",
    drop: 2,
    cell: (row) => (
      <>
        {row.costCenter.name} <span className="text-xs text-muted">{row.costCenter.code}</span>
      </>
    ),
  },
  { key: "members", header: "Members", numeric: true, drop: 3, cell: (row) => row.members },
  {
    key: "environments",
    header: "Environments",
    numeric: true,
    sort: "environments",
    cell: (row) =>
      row.quotaEnvironments === null ? row.environments : `${row.environments} of ${row.quotaEnvironments}`,
  },
  {
    key: "approval",
    header: "Approval threshold",
    numeric: true,
    drop: 2,
    cell: (row) =>
      row.approvalLimit === null ? (
        none
      ) : (
        <Money amount={row.approvalLimit} currency={row.currency} rounded period="month" />
      ),
  },
  {
    key: "budget",
    header: "Budget",
    numeric: true,
    sort: "budget",
    cell: (row) =>
      row.budgetMonthly === null ? (
        none
      ) : (
        <Money amount={row.budgetMonthly} currency={row.currency} rounded period="month" />
      ),
  },
];

export interface ProjectTableProps {
  rows: readonly ProjectDto[];
  params: SearchParams;
  nextCursor: string | null;
  pageSize: PageSize;
  csvHref: string;
  costCenters: readonly CostCenterDto[];
  /** The page it stands on; each project has its own below. */
  path: "/projects" | "/admin/projects";
}

/** Projects with their size and limits. */
export function ProjectTable(props: ProjectTableProps) {
  return (
    <DataTable
      caption="Projects"
      noun="project"
      columns={columnsOf(props.path)}
      rows={props.rows}
      rowKey={(row) => row.id}
      path={props.path}
      params={props.params}
      nextCursor={props.nextCursor}
      pageSize={props.pageSize}
      csvHref={props.csvHref}
      searchPlaceholder="Search projects"
      filters={[
        {
          name: "costCenter",
          label: "Cost center",
          options: props.costCenters.map(({ code, name }) => ({ value: code, label: name })),
        },
        // "All" would be a lie here: left alone, the list has those that are in use.
        {
          name: "archived",
          label: "Archived",
          all: "hidden",
          options: [{ value: "true", label: "Archived: shown" }],
        },
      ]}
      empty={
        <EmptyState title="No projects yet">
          Projects group environments, members, quotas and a budget.
        </EmptyState>
      }
    />
  );
}
