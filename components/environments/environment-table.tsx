"use client";

import { ExternalLink, Plus } from "lucide-react";
import Link from "next/link";
import { OpenCatalog } from "@/components/catalog/open-catalog";
import { ListedTemplateIcon, listedTemplateIcons } from "@/components/catalog/template-icon";
import { ChoiceLinks } from "@/components/data/choice-links";
import type { Column } from "@/components/data/column";
import { DataTable } from "@/components/data/data-table";
import type { FilterSpec } from "@/components/data/list-controls";
import type { ListCount } from "@/components/data/list-count";
import { firstParam, listHref, type PageSize, type SearchParams } from "@/components/data/list-params";
import { optionsOf } from "@/components/data/options";
import { RowMenu, RowMenuLink, rowMenuIcons } from "@/components/data/row-menu";
import { EmptyState } from "@/components/ui/empty-state";
import { IconSheet, SheetIcon } from "@/components/ui/icon-sheet";
import { Money } from "@/components/ui/money";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import {
  type EnvironmentSummary,
  environmentStatuses,
  environmentStatusLabels,
  healthLabels,
  healthStates,
} from "@/lib/features/environments/schema";
import { failureWords } from "@/lib/features/runs/schema";
import { LeaseLeft } from "./lease-left";
import { stateOf } from "./looks";

const columnsFor = (changes: ReadonlySet<string>): readonly Column<EnvironmentSummary>[] => [
  {
    key: "name",
    header: "Name",
    sort: "name",
    name: true,
    cell: (row) => (
      <div className="flex min-w-0 items-center gap-3">
        <span className="max-sm:hidden">
          <ListedTemplateIcon name={row.template.icon} size="sm" />
        </span>
        <div className="min-w-0">
          <Link
            href={`/environments/${row.id}`}
            className="link-quiet block break-words sm:truncate font-semibold"
          >
            {row.name}
          </Link>
          <div className="truncate text-xs text-muted">
            {row.template.title} {row.template.version}
          </div>
        </div>
      </div>
    ),
  },
  {
    key: "state",
    header: "Status",
    cell: (row) => {
      const { tone, word } = stateOf(row);
      return (
        <span title={row.healthMessage || undefined}>
          <Status tone={tone}>{word}</Status>
          {row.failedChange && row.status !== "failed" ? (
            <span className="block text-xs text-muted">
              {failureWords(row.failedChange.kind, row.failedChange.status)}
            </span>
          ) : null}
        </span>
      );
    },
  },
  {
    key: "link",
    header: "URL",
    drop: 1,
    cell: (row) =>
      row.url && row.status === "running" ? (
        <a
          href={row.url}
          target="_blank"
          rel="noreferrer"
          title={row.url}
          className="link flex w-fit max-w-40 items-center gap-1"
        >
          <span className="truncate">{shortUrl(row.url)}</span>
          <SheetIcon name="external" className="size-3.5 shrink-0" />
        </a>
      ) : (
        <span className="text-muted">–</span>
      ),
  },
  {
    key: "project",
    header: "Project / owner",
    drop: 2,
    className: "cell-short",
    cell: (row) => (
      <>
        <div className="truncate">{row.project.name}</div>
        <div className="truncate text-xs text-muted">{row.owner.name}</div>
      </>
    ),
  },
  {
    key: "lease",
    header: "Lease",
    sort: "lease",
    drop: 3,
    className: "whitespace-nowrap tabular",
    cell: (row) => (
      <LeaseLeft endsAt={row.leaseEndsAt} begun={row.status !== "pending" && row.status !== "provisioning"} />
    ),
  },
  {
    key: "created",
    header: "Created",
    sort: "created",
    drop: 1,
    className: "whitespace-nowrap text-muted",
    cell: (row) => <Time value={row.createdAt} />,
  },
  {
    key: "cost",
    header: "Monthly cost",
    sort: "cost",
    numeric: true,
    cell: (row) => <Money amount={row.cost.monthly} currency={row.cost.currency} />,
  },
  {
    key: "actions",
    header: "Actions",
    hiddenHeader: true,
    numeric: true,
    corner: true,
    cell: (row) => (
      <RowMenu name={row.name} href={`/environments/${row.id}`} id={row.id}>
        {row.url && row.status === "running" ? (
          <RowMenuLink href={row.url} external>
            Open URL
          </RowMenuLink>
        ) : null}
        <RowMenuLink href={`/environments/${row.id}/logs`}>View logs</RowMenuLink>
        {changes.has(row.project.id) && changeable.has(row.status) ? (
          <RowMenuLink href={`/environments/${row.id}/change`}>Edit configuration</RowMenuLink>
        ) : null}
      </RowMenu>
    ),
  },
];

/** States in which the configuration can be edited. */
const changeable: ReadonlySet<EnvironmentSummary["status"]> = new Set(["running", "stopped"]);

export interface EnvironmentTableProps {
  rows: readonly EnvironmentSummary[];
  params: SearchParams;
  nextCursor: string | null;
  pageSize: PageSize;
  count: ListCount;
  csvHref: string;
  /** IDs of the projects in which the person may request changes. */
  changes: readonly string[];
  facets: Record<"projects" | "templates", { value: string; label: string }[]>;
  /** The page it stands on. */
  path?: string;
  /** Filters that would change nothing on this page. */
  without?: readonly string[];
}

export function EnvironmentTable(props: EnvironmentTableProps) {
  const { rows, params, nextCursor, csvHref, path = "/environments", without = [] } = props;
  const mine = firstParam(params, "mine") === "true";
  const icons = {
    external: <ExternalLink />,
    ...rowMenuIcons,
    ...listedTemplateIcons([...new Set(rows.map((row) => row.template.icon))]),
  };
  return (
    <>
      <IconSheet icons={icons} />
      <DataTable
        caption="Environments"
        noun="environment"
        columns={columnsFor(new Set(props.changes))}
        rows={rows}
        rowKey={(row) => row.id}
        path={path}
        params={params}
        searchPlaceholder="Search by name"
        filters={filtersOf(props).filter((filter) => !without.includes(filter.name))}
        nextCursor={nextCursor}
        pageSize={props.pageSize}
        count={props.count}
        csvHref={csvHref}
        clearHref={listHref(path, {}, { mine: firstParam(params, "mine") })}
        view={<OwnerView path={path} params={params} mine={mine} />}
        empty={
          <EmptyState
            icon={<Plus />}
            title={mine ? "You own no environments yet" : "No environments yet"}
            action={<OpenCatalog />}
          >
            Pick a template from the catalog. Most environments are ready in two minutes.
          </EmptyState>
        }
      />
    </>
  );
}

/** One's own environments, or all that may be seen; which of them is in the address. */
function OwnerView({ path, params, mine }: { path: string; params: SearchParams; mine: boolean }) {
  return (
    <ChoiceLinks
      label="Owner"
      items={[
        { label: "Mine", href: listHref(path, params, { mine: "true" }), active: mine },
        { label: "All", href: listHref(path, params, { mine: "false" }), active: !mine },
      ]}
    />
  );
}

function filtersOf({ facets }: EnvironmentTableProps): FilterSpec[] {
  return [
    { name: "status", label: "Status", options: optionsOf(environmentStatuses, environmentStatusLabels) },
    { name: "health", label: "Health", options: optionsOf(healthStates, healthLabels) },
    { name: "project", label: "Project", options: facets.projects },
    { name: "template", label: "Template", options: facets.templates },
  ];
}

function shortUrl(url: string): string {
  return url.replace(/^https?:\/\//, "").replace(/\/$/, "");
}
