import Link from "next/link";
import { TemplateIcon } from "@/components/catalog/template-icon";
import type { Column } from "@/components/data/column";
import { DataTable } from "@/components/data/data-table";
import type { SearchParams } from "@/components/data/list-params";
import { optionsOf } from "@/components/data/options";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { type VersionListItem, versionStatuses, versionStatusLabels } from "@/lib/features/catalog/schema";
import { versionTones } from "./looks";

export function versionHref(row: { template: string; version: string }): string {
  return `/admin/templates/${row.template}/${encodeURIComponent(row.version)}`;
}

const columns: Column<VersionListItem>[] = [
  {
    key: "template",
    header: "Template",
    sort: "title",
    name: true,
    cell: (row) => (
      <span className="flex items-center gap-3">
        <TemplateIcon name={row.icon} size="sm" />
        <span className="min-w-0">
          <Link href={versionHref(row)} className="font-semibold hover:underline">
            {row.title}
          </Link>
          <span className="block truncate text-xs text-muted">{row.template}</span>
        </span>
      </span>
    ),
  },
  {
    key: "version",
    header: "Version",
    cell: (row) => <span className="font-mono text-sm">{row.version}</span>,
  },
  {
    key: "status",
    header: "Status",
    sort: "status",
    cell: (row) => <Status tone={versionTones[row.status]}>{versionStatusLabels[row.status]}</Status>,
  },
  { key: "category", header: "Category", sort: "category", drop: 2, cell: (row) => row.category },
  {
    key: "author",
    header: "Author",
    drop: 2,
    cell: (row) => (row.builtin && !row.author ? <Badge>Built-in</Badge> : (row.author ?? "—")),
  },
  {
    key: "published",
    header: "Published",
    sort: "published",
    drop: 3,
    cell: (row) => <Time value={row.publishedAt} fallback="—" className="text-muted" />,
  },
  {
    key: "environments",
    header: "Environments",
    sort: "environments",
    numeric: true,
    drop: 3,
    cell: (row) => row.environments,
  },
];

/** Every version of every template. */
export function TemplateTable({
  rows,
  params,
  csvHref,
}: {
  rows: readonly VersionListItem[];
  params: SearchParams;
  csvHref: string;
}) {
  return (
    <DataTable
      caption="Template versions"
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      path="/admin/templates"
      params={params}
      searchPlaceholder="Search templates"
      filters={[
        {
          name: "status",
          label: "Status",
          options: optionsOf(versionStatuses, versionStatusLabels),
        },
      ]}
      noun="version"
      csvHref={csvHref}
      empty={
        <EmptyState title="No templates yet">
          Create a template from a YAML manifest. It describes the components, the form and the presets.
        </EmptyState>
      }
    />
  );
}
