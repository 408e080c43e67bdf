import type { Metadata } from "next";
import { ApprovalCard } from "@/components/approvals/approval-card";
import { approveLabel, outcomeOf } from "@/components/approvals/case-model";
import { DecisionBar } from "@/components/approvals/decision-bar";
import { requestTones } from "@/components/requests/looks";
import { ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Page, PageHeader } from "@/components/ui/page-header";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { getApprovalCase } from "@/lib/features/approvals";
import type { ApprovalCase } from "@/lib/features/approvals/schema";
import { requestStatusLabels, requestTitle, runWords } from "@/lib/features/requests/schema";
import { formatCount } from "@/lib/kernel/format";
import { LiveRefresh } from "../../live-refresh";
import { orNotFound } from "../../or-not-found";
import { getViewer } from "../../viewer";

interface Props {
  params: Promise<{ id: string }>;
}

export const metadata: Metadata = { title: "Review request" };

export default async function ApprovalPage({ params }: Props) {
  const [{ id }, viewer] = await Promise.all([params, getViewer()]);
  const item = await orNotFound(getApprovalCase(viewer, id));
  const { request, queue } = item;
  const waiting = request.status === "pending_approval";
  return (
    <Page className="max-w-5xl max-sm:min-h-[calc(100dvh-3.5rem)] max-sm:content-stretch max-sm:pb-0 max-sm:[&>:last-child]:h-full">
      <LiveRefresh topics={[`request:${id}`, `project:${request.project.id}`]} />
      <PageHeader
        breadcrumb={[
          { label: "Requests", href: "/requests" },
          { label: "To approve", href: "/requests/approvals" },
          ...(waiting && queue.position > 0 ? [{ label: `${queue.position} of ${queue.total}` }] : []),
          { label: `Cost center: ${item.costCenter.name}` },
        ]}
        title={requestTitle(request)}
        status={
          waiting ? null : (
            <Status look="pill" tone={requestTones[request.status]}>
              {requestStatusLabels[request.status]}
            </Status>
          )
        }
        description={<Lead item={item} />}
      />
      <ApprovalCard item={item} decision={<Decision item={item} />} />
    </Page>
  );
}

/** The buttons where this person may decide, else why not; after the decision what became of it. */
function Decision({ item }: { item: ApprovalCase }) {
  const { request, queue } = item;
  const { id } = request;
  const waiting = request.status === "pending_approval";
  // The waiting request itself is one of the queue until it is decided.
  const left = queue.total - (waiting && queue.position > 0 ? 1 : 0);
  return (
    <>
      {waiting && request.cannotDecideBecause ? (
        <Callout
          title="You can’t approve this request"
          action={<ButtonLink href={`/requests/${id}`}>View request</ButtonLink>}
        >
          {request.cannotDecideBecause}
        </Callout>
      ) : null}
      {request.plan && (request.can.decide || !waiting) ? (
        <DecisionBar
          // What was said about one plan is not said about the next.
          key={`${id} ${request.plan.digest}`}
          requestId={id}
          digest={request.plan.digest}
          approveLabel={approveLabel(request)}
          environmentName={request.environmentName}
          doing={runWords(request.kind, request.environmentName)}
          stale={request.stale}
          outcome={waiting ? null : outcomeOf(request)}
          next={queue.nextId && left > 0 ? { href: `/approvals/${queue.nextId}`, left } : null}
        />
      ) : null}
    </>
  );
}

function Lead({ item }: { item: ApprovalCase }) {
  const { request } = item;
  const lease = request.plan?.lease;
  return (
    <>
      {request.project.name} requests {request.template.title}
      {lease ? ` for ${formatCount(lease.days, "day")}` : ""} · requested <Time value={request.createdAt} />
    </>
  );
}
