"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiFetch } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button, ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { Money } from "@/components/ui/money";
import { toast } from "@/components/ui/toast";
import type { SubmittedDto } from "@/lib/features/requests/schema";
import type { RunDetail } from "@/lib/features/runs/schema";

const titles: Partial<Record<RunDetail["status"], string>> = {
  failed: "It stopped at a failure",
  unknown: "Nobody can tell how a step ended",
  cancelled: "It was cancelled on the way",
};

/** A run that stopped: why, what exists and costs meanwhile, and the ways on. */
export function FailurePanel({ run, linkToRun }: { run: RunDetail; linkToRun?: boolean }) {
  const failed = run.steps.filter((step) => step.error !== null && step.status !== "succeeded");
  const error = failed[0]?.error ?? run.error;
  const tone = run.status === "cancelled" ? "warning" : run.status === "unknown" ? "warning" : "bad";
  return (
    <Callout
      tone={tone}
      title={titles[run.status] ?? "It did not get to its end"}
      action={
        <div className="flex flex-wrap gap-2">
          {linkToRun ? <ButtonLink href={`/runs/${run.id}`}>What happened</ButtonLink> : null}
          <HandOver run={run} message={error?.message ?? ""} />
          {run.can.rollBack ? <RollBack run={run} /> : null}
          {run.can.resume ? <Resume runId={run.id} /> : null}
        </div>
      }
    >
      <div className="grid gap-1.5">
        {error ? (
          <p className="[overflow-wrap:anywhere]">
            {failed[0] ? <strong className="font-semibold text-ink">{failed[0].title}: </strong> : null}
            {error.message}
            {error.hint ? ` ${error.hint}` : ""}
          </p>
        ) : null}
        <Standing run={run} />
      </div>
    </Callout>
  );
}

function Standing({ run }: { run: RunDetail }) {
  if (run.exists.length === 0) return <p>Nothing exists in a cloud, so it costs nothing meanwhile.</p>;
  const clouds = [...new Set(run.exists.map((one) => one.cloud))].join(" and ");
  return (
    <p>
      {run.exists.map((one) => `${one.component} (${one.status})`).join(", ")} on {clouds}{" "}
      {run.exists.length === 1 ? "exists" : "exist"} and {run.exists.length === 1 ? "goes" : "go"} on costing
      up to <Money amount={run.monthly} currency={run.currency} period="month" /> until you resume or roll
      back.
    </p>
  );
}

function Resume({ runId }: { runId: string }) {
  const router = useRouter();
  const resume = useAction(() => apiFetch(`/runs/${runId}/resume`, { method: "POST" }), {
    success: "It goes on from where it stopped",
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
  const rollBack = useAction(() => apiFetch<SubmittedDto>(`/runs/${run.id}/rollback`, { method: "POST" }), {
    onSuccess: (submitted) =>
      router.push(submitted.runId ? `/runs/${submitted.runId}` : `/requests/${submitted.id}`),
  });
  return (
    <ConfirmDialog
      trigger={<Button>Roll back</Button>}
      title={creating ? `Take ${run.environment.name} down again?` : `Undo the change?`}
      description={
        creating
          ? "What was created is removed. You can ask for it anew at any time."
          : "It goes back to the version and parameters before this change."
      }
      losses={
        creating && run.exists.length > 0 ? run.exists.map((one) => `${one.component} on ${one.cloud}`) : []
      }
      kept={creating ? [] : ["Data that components keep", "Backups"]}
      confirmLabel="Roll back"
      tone={creating ? "danger" : "primary"}
      onConfirm={() => rollBack.run()}
    />
  );
}

/** Somebody else goes on: a link and what they need to know, ready to be sent. */
function HandOver({ run, message }: { run: RunDetail; message: string }) {
  const [note, setNote] = useState("");
  const [open, setOpen] = useState(false);
  async function copy() {
    const text = [
      `${run.environment.name} needs somebody: ${run.kind} ${run.status}.`,
      message,
      note.trim(),
      `${window.location.origin}/runs/${run.id}`,
    ];
    try {
      await navigator.clipboard.writeText(text.filter(Boolean).join("\n"));
      toast.success("Copied. Send it to whoever goes on.");
      setOpen(false);
    } catch {
      toast.error("Your browser did not allow copying. Copy the address of this page instead.");
    }
  }
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button>Hand over</Button>
      </DialogTrigger>
      <DialogContent
        title="Hand over"
        description="Copies what happened with a link to this run. Whoever may change the environment can resume it or roll it back."
        footer={
          <Button variant="primary" onClick={() => void copy()}>
            Copy
          </Button>
        }
      >
        <Field label="Note" optional hint="What you found out and tried.">
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
