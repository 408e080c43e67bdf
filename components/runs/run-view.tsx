import { ArrowUpRight } from "lucide-react";
import { LinksCard } from "@/components/environments/links-card";
import { ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { PageHeader } from "@/components/ui/page-header";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { type RunDetail, runStatusLabels } from "@/lib/features/runs/schema";
import { FailurePanel } from "./failure-panel";
import { isOver, runTitle, runTones } from "./looks";
import { RunCancel } from "./run-cancel";
import { RunProgress } from "./run-progress";
import { RunSteps } from "./run-steps";

export interface RunViewProps {
  run: RunDetail;
  environment: EnvironmentDetail;
}

/** What is happening now, how long it usually takes, and what to do when it stops. */
export function RunView({ run, environment }: RunViewProps) {
  const stopped = run.status === "failed" || run.status === "unknown" || run.status === "cancelled";
  const open = run.status === "succeeded" && environment.status === "running" ? environment.url : null;
  return (
    <>
      <PageHeader
        breadcrumb={[
          { label: "Requests", href: "/requests" },
          { label: "Runs", href: "/requests/runs" },
          { label: run.environment.name, href: `/environments/${run.environment.id}` },
        ]}
        title={runTitle(run)}
        status={
          <Status tone={runTones[run.status]} look="pill">
            {run.cancelRequestedAt && !isOver(run.status) ? "Canceling" : runStatusLabels[run.status]}
          </Status>
        }
        description={
          <>
            {environment.template.title} {environment.template.version} in {run.project.name} · requested{" "}
            <Time value={run.createdAt} />
          </>
        }
        actions={
          <>
            {run.can.cancel && !run.cancelRequestedAt ? <RunCancel run={run} /> : null}
            {run.requestId ? <ButtonLink href={`/requests/${run.requestId}`}>View request</ButtonLink> : null}
            <ButtonLink href={`/environments/${run.environment.id}`}>View environment</ButtonLink>
            {open ? (
              <ButtonLink href={open} variant="primary" external>
                Open <ArrowUpRight aria-hidden />
              </ButtonLink>
            ) : null}
          </>
        }
      />
      {stopped ? <FailurePanel run={run} environment={environment} /> : <RunProgress run={run} />}
      {run.status === "parked" && run.wakeAt ? (
        <Callout title="Waiting to retry">
          Retries automatically <Time value={run.wakeAt} />.
        </Callout>
      ) : null}
      <RunSteps
        run={run}
        aside={
          run.status === "succeeded" && !environment.destroyedAt ? (
            <LinksCard environment={environment} />
          ) : null
        }
      />
    </>
  );
}
