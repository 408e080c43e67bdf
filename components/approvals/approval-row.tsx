import Link from "next/link";
import { Avatar } from "@/components/ui/avatar";
import { Money } from "@/components/ui/money";
import { Time } from "@/components/ui/time";
import { type RequestSummary, requestTitle } from "@/lib/features/requests/schema";

/** One waiting request: who wants what, for how much, since when. */
export function ApprovalRow({ request }: { request: RequestSummary }) {
  const who = request.requester?.name ?? "System";
  return (
    <li>
      <Link
        href={`/approvals/${request.id}`}
        className="flex items-start gap-3 px-4 py-3 outline-offset-[-2px] transition-colors hover:bg-subtle"
      >
        <Avatar name={who} />
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-baseline justify-between gap-x-4">
            <span className="min-w-0 font-medium">{requestTitle(request)}</span>
            <Money amount={request.monthly} currency={request.currency} period="month" />
          </span>
          <span className="flex flex-wrap items-baseline justify-between gap-x-4 text-xs text-muted">
            <span>
              {who} · {request.project.name} · {request.template.title}
            </span>
            <Time value={request.createdAt} />
          </span>
          {request.reason ? (
            <span className="mt-1 line-clamp-2 block text-ink-soft">“{request.reason}”</span>
          ) : null}
        </span>
      </Link>
    </li>
  );
}
