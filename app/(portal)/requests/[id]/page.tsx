import type { Metadata } from "next";
import type { FormPage } from "@/components/forms/types";
import { ApproverLine } from "@/components/requests/approver-line";
import { requestTones } from "@/components/requests/looks";
import { CancelRequest } from "@/components/requests/request-actions";
import { whereItIs } from "@/components/requests/request-steps";
import { RequestView } from "@/components/requests/request-view";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page-header";
import { Status } from "@/components/ui/status";
import { getVersion } from "@/lib/features/catalog";
import { getRequest } from "@/lib/features/requests";
import { requestStatusLabels, requestTitle } from "@/lib/features/requests/schema";
import { LiveRefresh } from "../../live-refresh";
import { orNotFound } from "../../or-not-found";
import { getViewer } from "../../viewer";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const [{ id }, viewer] = await Promise.all([params, getViewer()]);
  return { title: requestTitle(await orNotFound(getRequest(viewer, id))) };
}

export default async function RequestPage({ params }: Props) {
  const [{ id }, viewer] = await Promise.all([params, getViewer()]);
  const request = await orNotFound(getRequest(viewer, id));
  const { name, version } = request.template;
  const { form } = await orNotFound(getVersion(viewer, name, version));
  const fields = (form as FormPage[]).flatMap((page) => page.fields);
  const titles = Object.fromEntries(fields.map((field) => [field.name, field.title]));
  return (
    <Page>
      <LiveRefresh topics={[`request:${id}`, `environment:${request.environmentId}`]} />
      <PageHeader
        breadcrumb={[{ label: "Requests", href: "/requests" }]}
        title={requestTitle(request)}
        status={
          <Status look="pill" tone={requestTones[request.status]}>
            {requestStatusLabels[request.status]}
          </Status>
        }
        description={
          request.approvers && !request.stale ? (
            <ApproverLine approvers={request.approvers} />
          ) : (
            whereItIs(request)
          )
        }
        actions={
          <>
            {request.can.cancel ? (
              <CancelRequest id={id} running={request.status !== "pending_approval"} />
            ) : null}
            {request.runId ? <ButtonLink href={`/runs/${request.runId}`}>View run</ButtonLink> : null}
            {request.can.repeat ? (
              <ButtonLink href={`/catalog/${name}/request?again=${id}`}>Request again</ButtonLink>
            ) : null}
            {request.can.decide ? (
              <ButtonLink href={`/approvals/${id}`} variant="accent">
                Review request
              </ButtonLink>
            ) : null}
            {request.status === "succeeded" && request.kind !== "destroy" ? (
              <ButtonLink href={`/environments/${request.environmentId}`} variant="primary">
                View environment
              </ButtonLink>
            ) : null}
          </>
        }
      />
      <RequestView request={request} titles={titles} />
    </Page>
  );
}
