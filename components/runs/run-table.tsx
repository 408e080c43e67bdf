"use client";

import { Workflow } from "lucide-react";
import Link from "next/link";
import { OpenCatalog } from "@/components/catalog/open-catalog";
import type { Column } from "@/components/data/column";
import { DataTable } from "@/components/data/data-table";
import type { ListCount } from "@/components/data/list-count";
import type { PageSize, SearchParams } from "@/components/data/list-params";
import { optionsOf } from "@/components/data/options";
import { EmptyState } from "@/components/ui/empty-state";
import { Status } from "@/components/ui/status";
import { Elapsed, Time } from "@/components/ui/time";
import { requestKindLabels, requestKinds } from "@/lib/features/requests/schema";
import { type RunSummary, runDays, runStatusLabels } from "@/lib/features/runs/schema";
import { isOver, runTitle, runTones } from "./looks";

const columns: readonly Column<RunSummary>[] = [
  {
    key: "run",
    header: "Run",
    sort: "name",
    name: true,
    cell: (run) => (
      <div className="min-w-0">
        <Link href={`/runs/${run.id}`} className="link-quiet block break-words sm:truncate font-semibold">
          {runTitle(run)}
        </Link>
        <div className="truncate text-xs text-muted">{run.project.name}</div>
      </div>
    ),
  },
  {
    key: "status",
    header: "Status",
    cell: (run) => <Status tone={runTones[run.status]}>{runStatusLabels[run.status]}</Status>,
  },
  {
    key: "steps",
    header: "Steps",
    numeric: true,
    drop: 2,
    cell: (run) => <StepsDone steps={run.steps} />,
  },
  {
    key: "took",
    header: "Duration",
    sort: "took",
    numeric: true,
    drop: 3,
    cell: (run) => <Took run={run} />,
  },
  {
    key: "created",
    header: "Created",
    sort: "created",
    numeric: true,
    cell: (run) => <Time value={run.createdAt} className="text-muted" />,
  },
];

function StepsDone({ steps }: { steps: RunSummary["steps"] }) {
  if (steps.total === 0) return <span className="text-muted">No steps</span>;
  return `${steps.finished} of ${steps.total}`;
}

function Took({ run }: { run: RunSummary }) {
  if (!run.startedAt) return <span className="text-muted">Not started</span>;
  if (isOver(run.status) && !run.finishedAt) return <span className="text-muted">Unknown</span>;
  return <Elapsed since={run.startedAt} until={run.finishedAt} />;
}

export interface RunTableProps {
  rows: readonly RunSummary[];
  params: SearchParams;
  nextCursor: string | null;
  pageSize: PageSize;
  count: ListCount;
  csvHref: string;
}

export function RunTable({ rows, params, nextCursor, pageSize, count, csvHref }: RunTableProps) {
  return (
    <DataTable
      caption="Runs"
      noun="run"
      columns={columns}
      rows={rows}
      rowKey={(run) => run.id}
      path="/requests/runs"
      params={params}
      searchPlaceholder="Search by environment"
      filters={[
        {
          name: "status",
          label: "Status",
          options: Object.entries(runStatusLabels).map(([value, label]) => ({ value, label })),
        },
        {
          name: "kind",
          label: "Kind",
          options: optionsOf(requestKinds, requestKindLabels),
        },
        {
          name: "days",
          label: "Created",
          options: runDays.map((days) => ({ value: String(days), label: `Last ${days} days` })),
        },
      ]}
      nextCursor={nextCursor}
      pageSize={pageSize}
      count={count}
      csvHref={csvHref}
      empty={
        <EmptyState icon={<Workflow />} title="No runs yet" action={<OpenCatalog />}>
          Runs appear here when a request is applied.
        </EmptyState>
      }
    />
  );
}
