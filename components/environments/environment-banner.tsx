import { FailurePanel } from "@/components/runs/failure-panel";
import { Button, ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Progress } from "@/components/ui/meter";
import { Elapsed, Time } from "@/components/ui/time";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { progressWords, type RequestSummary } from "@/lib/features/requests/schema";
import type { RunDetail } from "@/lib/features/runs/schema";
import { formatDuration } from "@/lib/kernel/format";
import { ExtendDialog } from "./extend-dialog";

export interface EnvironmentBannerProps {
  environment: EnvironmentDetail;
  /** The run under way, or that of the newest change where it failed. */
  run: RunDetail | null;
  /** The newest request while it waits for approval. */
  waiting: RequestSummary | null;
}

/** What must be known before anything else: what cannot be read, a run, a failed change, a pending approval, a lease end. */
export function EnvironmentBanner(props: EnvironmentBannerProps) {
  const { unreadable, destroyedAt } = props.environment;
  return (
    <>
      {unreadable.length > 0 && !destroyedAt ? (
        <Callout tone="bad" title="Some data can’t be read">
          {unreadable.join(", ")}. Ask an administrator to restore the key that encrypted them, or Rostrum
          from a backup. Without that, you can stop or destroy this environment and create it again.
        </Callout>
      ) : null}
      <StateBanner {...props} />
    </>
  );
}

function StateBanner({ environment, run, waiting }: EnvironmentBannerProps) {
  if (environment.activeRunId && run) return <RunningBanner run={run} />;
  if (environment.destroyedAt) {
    return (
      <Callout title="Environment destroyed">
        <Time value={environment.destroyedAt} />. Its history and costs are kept here.
      </Callout>
    );
  }
  return (
    <>
      {environment.failedChange && run ? (
        <FailurePanel
          run={run}
          environment={environment}
          elsewhere={{ canDismiss: environment.can.change }}
        />
      ) : null}
      {waiting ? <WaitingBanner waiting={waiting} /> : null}
      {environment.destroyAfter ? (
        <LeaseBanner environment={environment} destroyAfter={environment.destroyAfter} />
      ) : null}
    </>
  );
}

function WaitingBanner({ waiting }: { waiting: RequestSummary }) {
  return (
    <Callout
      tone="warning"
      title={waiting.kind === "create" ? "Creation pending approval" : "Change pending approval"}
      action={<ButtonLink href={`/requests/${waiting.id}`}>View request</ButtonLink>}
    >
      Requested by {waiting.requester?.name ?? "System"} <Time value={waiting.createdAt} />. Nothing changes
      until it is approved.
    </Callout>
  );
}

function LeaseBanner({
  environment,
  destroyAfter,
}: {
  environment: EnvironmentDetail;
  destroyAfter: string;
}) {
  return (
    <Callout
      tone="warning"
      title="Lease expired"
      action={
        environment.can.change ? (
          <ExtendDialog environment={environment} trigger={<Button variant="accent">Extend lease…</Button>} />
        ) : undefined
      }
    >
      {environment.name} will be destroyed <Time value={destroyAfter} /> unless you extend the lease. The data
      is kept until then.
    </Callout>
  );
}

function RunningBanner({ run }: { run: RunDetail }) {
  const done = run.steps.filter((step) => step.status === "succeeded" || step.status === "skipped").length;
  const total = run.steps.length;
  const typical = run.typicalSeconds === null ? "" : ` of about ${formatDuration(run.typicalSeconds * 1000)}`;
  return (
    <Callout
      tone="busy"
      title={progressWords(run.kind)}
      action={
        <ButtonLink href={`/runs/${run.id}`} variant="accent">
          View run
        </ButtonLink>
      }
    >
      <p className="tabular">
        {total > 0 ? `${done} of ${total} steps done` : "Starting…"} ·{" "}
        <Elapsed since={run.startedAt ?? run.createdAt} />
        {typical}
      </p>
      {total > 0 ? (
        <Progress value={done / total} label={`${done} of ${total} steps`} className="mt-2 max-w-md" />
      ) : null}
    </Callout>
  );
}
