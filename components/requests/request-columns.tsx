import Link from "next/link";
import type { Column } from "@/components/data/data-table";
import { Money } from "@/components/ui/money";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { type RequestSummary, requestKindLabels, requestStatusLabels } from "@/lib/features/requests/schema";
import { requestTones } from "./looks";

/** Columns of every list of requests. */
export const requestColumns: readonly Column<RequestSummary>[] = [
  {
    key: "what",
    header: "Request",
    sort: "name",
    // Takes what the others leave, and cuts its words instead of pushing them out.
    className: "w-full max-w-0",
    cell: (row) => (
      <div className="min-w-0">
        <Link href={`/requests/${row.id}`} className="link-quiet block break-words sm:truncate font-medium">
          {requestKindLabels[row.kind]}: {row.environmentName}
        </Link>
        <div className="truncate text-xs text-muted">
          {row.reason || `${row.template.title} ${row.template.version}`}
        </div>
      </div>
    ),
  },
  {
    key: "status",
    header: "Status",
    cell: (row) => <Status tone={requestTones[row.status]}>{requestStatusLabels[row.status]}</Status>,
  },
  {
    key: "project",
    header: "Project",
    wide: true,
    className: "whitespace-nowrap",
    cell: (row) => row.project.name,
  },
  {
    key: "who",
    header: "Requested by",
    wide: true,
    className: "whitespace-nowrap",
    cell: (row) => row.requester?.name ?? <span className="text-muted">System</span>,
  },
  {
    key: "cost",
    header: "Monthly cost",
    sort: "cost",
    numeric: true,
    wide: true,
    cell: (row) => <Money amount={row.monthly} currency={row.currency} />,
  },
  {
    key: "when",
    header: "Requested",
    sort: "created",
    numeric: true,
    wide: true,
    cell: (row) => <Time value={row.createdAt} className="text-muted" />,
  },
];
