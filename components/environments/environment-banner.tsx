import { FailurePanel } from "@/components/runs/failure-panel";
import { Button, ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Progress } from "@/components/ui/meter";
import { Elapsed, Time } from "@/components/ui/time";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import type { RequestKind, RequestSummary } from "@/lib/features/requests/schema";
import type { RunDetail } from "@/lib/features/runs/schema";
import { formatDuration } from "@/lib/kernel/format";
import { ExtendDialog } from "./extend-dialog";
import { doingWords } from "./looks";

export interface EnvironmentBannerProps {
  environment: EnvironmentDetail;
  /** The run under way, or the last one where it failed. */
  run: RunDetail | null;
  /** The newest request while it waits for approval. */
  waiting: RequestSummary | null;
}

/** What must be known before anything else: work under way, a failure, a wait, an end. */
export function EnvironmentBanner(props: EnvironmentBannerProps) {
  const { unreadable, destroyedAt } = props.environment;
  return (
    <>
      {unreadable.length > 0 && !destroyedAt ? (
        <Callout tone="bad" title="Parts can’t be decrypted">
          {unreadable.join(", ")}. Ask an administrator to bring back the key they were sealed with. Without
          it you can stop or destroy this environment and create it again.
        </Callout>
      ) : null}
      <StateBanner {...props} />
    </>
  );
}

function StateBanner({ environment, run, waiting }: EnvironmentBannerProps) {
  if (environment.activeRunId && run) return <RunningBanner run={run} />;
  if (environment.status === "failed" && run) return <FailurePanel run={run} linkToRun />;
  if (waiting) {
    return (
      <Callout
        tone="warning"
        title={
          environment.status === "pending" ? "It waits for an approver" : "A change waits for an approver"
        }
        action={<ButtonLink href={`/requests/${waiting.id}`}>Show the request</ButtonLink>}
      >
        Asked by {waiting.requester?.name ?? "Rostrum"} <Time value={waiting.createdAt} />. Nothing is done
        before somebody decides.
      </Callout>
    );
  }
  if (environment.destroyedAt) {
    return (
      <Callout title="It was destroyed">
        <Time value={environment.destroyedAt} />. What it did and what it cost stays here.
      </Callout>
    );
  }
  if (environment.destroyAfter) {
    return (
      <Callout
        tone="warning"
        title="Its lease has ended"
        action={
          environment.can.change && environment.activeRunId === null ? (
            <ExtendDialog
              environment={environment}
              trigger={<Button variant="accent">Keep it longer…</Button>}
            />
          ) : undefined
        }
      >
        It stands still and is destroyed <Time value={environment.destroyAfter} />, unless somebody keeps it
        longer. Until then its data is safe and nothing of it is lost.
      </Callout>
    );
  }
  return null;
}

function RunningBanner({ run }: { run: RunDetail }) {
  const done = run.steps.filter((step) => step.status === "succeeded" || step.status === "skipped").length;
  const total = run.steps.length;
  const typical = run.typicalSeconds === null ? "" : ` of about ${formatDuration(run.typicalSeconds * 1000)}`;
  return (
    <Callout
      tone="busy"
      title={doingWords[run.kind as RequestKind] ?? "Something is being done to it"}
      action={
        <ButtonLink href={`/runs/${run.id}`} variant="accent">
          Watch
        </ButtonLink>
      }
    >
      <p className="tabular">
        {total > 0 ? `${done} of ${total} steps done` : "It begins"} ·{" "}
        <Elapsed since={run.startedAt ?? run.createdAt} />
        {typical}
      </p>
      {total > 0 ? (
        <Progress value={done / total} label={`${done} of ${total} steps`} className="mt-2 max-w-md" />
      ) : null}
    </Callout>
  );
}
