import { Inbox } from "lucide-react";
import Link from "next/link";
import { requestTones } from "@/components/requests/looks";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { type RequestSummary, requestStatusLabels, requestTitle } from "@/lib/features/requests/schema";

/** What was proposed last in a project. */
export function RecentRequests({ rows, href }: { rows: readonly RequestSummary[]; href: string }) {
  return (
    <Card
      flush
      title="Recent activity"
      aside={
        <Link href={href} className="link-quiet hover:text-ink">
          View all activity
        </Link>
      }
    >
      {rows.length > 0 ? (
        <ul className="divide-y">
          {rows.map((row) => (
            <li key={row.id} className="flex items-center gap-3 px-4 py-2.5">
              <div className="min-w-0 flex-1">
                <Link href={`/requests/${row.id}`} className="link-quiet font-medium">
                  {requestTitle(row)}
                </Link>
                <div className="truncate text-xs text-muted">
                  {row.requester?.name ?? "System"} · <Time value={row.createdAt} />
                </div>
              </div>
              <Status tone={requestTones[row.status]} className="text-xs">
                {requestStatusLabels[row.status]}
              </Status>
            </li>
          ))}
        </ul>
      ) : (
        <EmptyState icon={<Inbox />} title="No requests yet">
          Requests for new environments and changes appear here.
        </EmptyState>
      )}
    </Card>
  );
}
