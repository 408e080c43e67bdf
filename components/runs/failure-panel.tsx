"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiDelete, apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button, ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { Money } from "@/components/ui/money";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import type { EnvironmentDetail, EnvironmentStatus } from "@/lib/features/environments/schema";
import { failureWords, type RunDetail } from "@/lib/features/runs/schema";
import { sentences } from "@/lib/kernel/sentences";

export interface FailurePanelProps {
  run: RunDetail;
  /** What the environment is in spite of the failure. */
  environment: Pick<EnvironmentDetail, "status" | "failedChange" | "destroyRetryAt">;
  /** On pages other than the run's own: leads to the run, and offers to dismiss the notice where that is possible. */
  elsewhere?: { canDismiss: boolean };
}

/** A change that did not succeed: what stands all the same, why it failed, and the next steps, the likeliest first. */
export function FailurePanel({ run, environment, elsewhere }: FailurePanelProps) {
  const { status } = environment;
  const failed = run.steps.filter((step) => step.error !== null && step.status !== "succeeded");
  const error = failed[0]?.error ?? run.error;
  const stands = status === "running" || status === "stopped";
  const tone = run.status === "failed" && !stands ? "bad" : "warning";
  return (
    <Callout
      tone={tone}
      title={failureWords(run.kind, run.status)}
      action={
        <div className="flex flex-wrap gap-2">
          {run.can.resume ? <Resume runId={run.id} /> : null}
          {run.can.rollBack ? <RollBack run={run} /> : null}
          {elsewhere ? <ButtonLink href={`/runs/${run.id}`}>View run</ButtonLink> : null}
          <HandOver run={run} message={error?.message ?? ""} />
          {elsewhere?.canDismiss && stands ? <Dismiss environmentId={run.environment.id} /> : null}
        </div>
      }
    >
      <div className="grid gap-1.5">
        {error ? (
          <p className="[overflow-wrap:anywhere]">
            {failed[0] ? <strong className="font-semibold text-ink">{failed[0].title}: </strong> : null}
            {sentences(error.message, error.hint)}
          </p>
        ) : null}
        <Standing run={run} status={status} />
        {environment.destroyRetryAt && environment.failedChange?.runId === run.id ? (
          <p>
            Rostrum retries <Time value={environment.destroyRetryAt} />, until everything is deleted.
            {stands ? " To keep the environment, dismiss this failure." : ""}
          </p>
        ) : null}
      </div>
    </Callout>
  );
}

function Standing({ run, status }: { run: RunDetail; status: EnvironmentStatus }) {
  if (status === "destroyed") return null;
  if (status === "running") return <p>{run.environment.name} is still running and can be changed.</p>;
  if (status === "stopped") return <p>{run.environment.name} is still stopped and can be changed.</p>;
  if (run.exists.length === 0) return <p>No resources exist, so there is no cost.</p>;
  const clouds = [...new Set(run.exists.map((one) => one.cloud))].join(" and ");
  const until = run.kind === "destroy" ? "they are deleted" : "you resume or roll back";
  return (
    <p>
      Resources on {clouds}: {run.exists.map((one) => `${one.component} (${one.status})`).join(", ")}. Cost
      until {until}: up to <Money amount={run.monthly} currency={run.currency} period="month" />.
    </p>
  );
}

function Dismiss({ environmentId }: { environmentId: string }) {
  const router = useRouter();
  const dismiss = useAction(
    () => apiDelete("/environments/{id}/failed-change", { path: { id: environmentId } }),
    { onSuccess: () => router.refresh() },
  );
  return (
    <Button loading={dismiss.pending} onClick={() => void dismiss.run()}>
      Dismiss
    </Button>
  );
}

function Resume({ runId }: { runId: string }) {
  const router = useRouter();
  const resume = useAction(() => apiPost("/runs/{id}/resume", { path: { id: runId } }), {
    success: "Run resumed",
    onSuccess: () => {
      router.push(`/runs/${runId}`);
      router.refresh();
    },
  });
  return (
    <Button variant="accent" loading={resume.pending} onClick={() => void resume.run()}>
      Resume
    </Button>
  );
}

function RollBack({ run }: { run: RunDetail }) {
  const router = useRouter();
  const creating = run.kind === "create";
  const rollBack = useAction(() => apiPost("/runs/{id}/rollback", { path: { id: run.id } }), {
    onSuccess: (submitted) =>
      router.push(submitted.runId ? `/runs/${submitted.runId}` : `/requests/${submitted.id}`),
  });
  return (
    <ConfirmDialog
      trigger={<Button>Roll back</Button>}
      title={creating ? `Roll back the creation of ${run.environment.name}?` : "Roll back this change?"}
      description={
        creating
          ? "Rostrum deletes what was created. You can request the environment again."
          : "The environment returns to the version and parameters before this change."
      }
      losses={
        creating && run.exists.length > 0 ? run.exists.map((one) => `${one.component} on ${one.cloud}`) : []
      }
      kept={creating ? [] : ["Data in volumes", "Backups"]}
      confirmLabel="Roll back run"
      tone={creating ? "danger" : "primary"}
      onConfirm={() => rollBack.run()}
    />
  );
}

/** A link to the run and what a colleague needs to know to continue, ready to send. */
function HandOver({ run, message }: { run: RunDetail; message: string }) {
  const [note, setNote] = useState("");
  const [open, setOpen] = useState(false);
  async function copy() {
    const text = [
      `${run.environment.name}: ${failureWords(run.kind, run.status)}.`,
      message,
      note.trim(),
      `${window.location.origin}/runs/${run.id}`,
    ];
    try {
      await navigator.clipboard.writeText(text.filter(Boolean).join("\n"));
      toast.success("Copied to clipboard");
      setOpen(false);
    } catch {
      toast.error("Couldn’t copy. Your browser blocked it; copy the URL of this page instead.");
    }
  }
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button>Share summary</Button>
      </DialogTrigger>
      <DialogContent
        title="Share summary"
        description="Copies the failure and a link to this run. Project developers and owners can resume it or roll it back."
        footer={
          <Button variant="primary" onClick={() => void copy()}>
            Copy
          </Button>
        }
      >
        <Field label="Note" optional hint="What you’ve found and tried so far">
          {(control) => (
            <Textarea
              {...control}
              value={note}
              onChange={(event) => setNote(event.target.value)}
              maxLength={1000}
            />
          )}
        </Field>
      </DialogContent>
    </Dialog>
  );
}
