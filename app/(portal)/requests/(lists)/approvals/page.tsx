import { BadgeCheck } from "lucide-react";
import type { Metadata } from "next";
import { ApprovalRow } from "@/components/approvals/approval-row";
import { DecidedList } from "@/components/approvals/decided-list";
import { csvHref } from "@/components/data/api-href";
import { CsvLink } from "@/components/data/csv-link";
import { SearchBox } from "@/components/data/list-controls";
import { firstParam, listHref, type SearchParams } from "@/components/data/list-params";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { listDecided } from "@/lib/features/approvals";
import { decidableProjects, listRequests } from "@/lib/features/requests";
import { formatNumber } from "@/lib/kernel/format";
import { canSomewhere } from "@/lib/platform/auth";
import { waitingApprovals } from "../../../counts";
import { LiveRefresh } from "../../../live-refresh";
import { getViewer } from "../../../viewer";

export const metadata: Metadata = { title: "To approve" };

const shown = 25;

export default async function ApprovalsPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, getViewer()]);
  const q = firstParam(params, "q")?.trim().slice(0, 100) || undefined;
  const cursor = firstParam(params, "cursor");
  const [waiting, total, decided] = await Promise.all([
    listRequests(viewer, { decidable: true, direction: "asc", q, cursor, limit: shown }),
    waitingApprovals(viewer),
    listDecided(viewer, 12),
  ]);
  const decides = canSomewhere(viewer, "request.decide");
  const csv = csvHref("/requests", { query: { decidable: "true", direction: "asc" } });
  return (
    <>
      <LiveRefresh
        topics={decidableProjects(viewer).map((project) => `project:${project}`)}
        pollMs={30_000}
      />
      {total > 0 || q ? (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="text-muted">{formatNumber(total, 0)} pending, oldest first</p>
          {q || total > 8 ? <SearchBox placeholder="Search name or reason" /> : null}
        </div>
      ) : null}
      <Card flush aria-label="Pending approvals">
        {waiting.items.length > 0 ? (
          <ul className="divide-y">
            {waiting.items.map((request) => (
              <ApprovalRow key={request.id} request={request} />
            ))}
          </ul>
        ) : q ? (
          <EmptyState
            title="No results"
            action={<ButtonLink href="/requests/approvals">Clear search</ButtonLink>}
          />
        ) : (
          <EmptyState
            icon={<BadgeCheck />}
            title="No pending approvals"
            action={<ButtonLink href="/requests">View all requests</ButtonLink>}
          >
            {decides
              ? "You’re notified when a request needs your approval."
              : "Only project owners and approvers can approve requests."}
          </EmptyState>
        )}
      </Card>
      {waiting.items.length > 0 ? (
        <div className="-mt-2 flex items-center justify-between text-xs text-muted">
          <CsvLink href={csv} />
          {waiting.nextCursor ? (
            <ButtonLink
              size="sm"
              href={listHref("/requests/approvals", params, { cursor: waiting.nextCursor })}
            >
              Next
            </ButtonLink>
          ) : null}
        </div>
      ) : null}
      <DecidedList items={decided} />
    </>
  );
}
