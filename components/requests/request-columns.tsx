import Link from "next/link";
import type { Column } from "@/components/data/column";
import { Money } from "@/components/ui/money";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { type RequestSummary, requestKindLabels, requestStatusLabels } from "@/lib/features/requests/schema";
import { requestTones } from "./looks";
import { RequestRowMenu } from "./request-row-menu";

/**
 * Columns of every list of requests.
 * @param cancels IDs of the projects in which the person may cancel requests
 */
export const requestColumnsFor = (cancels: ReadonlySet<string>): readonly Column<RequestSummary>[] => [
  {
    key: "what",
    header: "Request",
    sort: "name",
    name: true,
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
    drop: 2,
    className: "cell-short truncate",
    cell: (row) => row.project.name,
  },
  {
    key: "who",
    header: "Requested by",
    drop: 3,
    className: "whitespace-nowrap",
    cell: (row) => row.requester?.name ?? <span className="text-muted">System</span>,
  },
  {
    key: "cost",
    header: "Monthly cost",
    sort: "cost",
    numeric: true,
    drop: 2,
    cell: (row) => <Money amount={row.monthly} currency={row.currency} />,
  },
  {
    key: "when",
    header: "Requested",
    sort: "created",
    numeric: true,
    cell: (row) => <Time value={row.createdAt} className="text-muted" />,
  },
  {
    key: "actions",
    header: "Actions",
    hiddenHeader: true,
    numeric: true,
    corner: true,
    cell: (row) => <RequestRowMenu row={row} cancels={cancels.has(row.project.id)} />,
  },
];
