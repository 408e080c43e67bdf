import Link from "next/link";
import { Card } from "@/components/ui/card";
import { Money } from "@/components/ui/money";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { DecidedItem } from "@/lib/features/approvals/schema";
import { requestTitle } from "@/lib/features/requests/schema";

/** Recent decisions, with who made them. */
export function DecidedList({ items }: { items: readonly DecidedItem[] }) {
  if (items.length === 0) return null;
  return (
    <Card flush title="Recent decisions">
      <ul className="divide-y">
        {items.map((item) => (
          <li
            key={`${item.requestId}-${item.at}`}
            className="grid gap-x-4 gap-y-0.5 px-4 py-2.5 sm:grid-cols-[7rem_1fr_auto]"
          >
            <Status tone={item.decision === "approve" ? "good" : "bad"}>
              {item.decision === "approve" ? "Approved" : "Rejected"}
            </Status>
            <span className="min-w-0">
              <Link href={`/requests/${item.requestId}`} className="link-quiet font-medium">
                {requestTitle(item)}
              </Link>
              <span className="block text-xs text-muted">
                {item.requester}, {item.projectName} · by {item.approver} <Time value={item.at} />
                {item.reason ? ` · “${item.reason}”` : ""}
              </span>
            </span>
            <Money amount={item.monthly} currency={item.currency} period="month" />
          </li>
        ))}
      </ul>
    </Card>
  );
}
