"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { type ApiProblem, apiFetch } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { PlanAgain } from "@/components/requests/request-actions";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { type DecisionOutcome, DecisionResult, type NextRequest } from "./decision-result";
import { RejectDialog } from "./reject-dialog";

export interface DecisionBarProps {
  requestId: string;
  /** The plan the person looks at; the decision is about this one. */
  digest: string;
  /** "Approve €196.00". */
  approveLabel: string;
  environmentName: string;
  /** What an approval begins: "Creating shop-staging". */
  doing: string;
  stale: boolean;
  /** What became of the request, once it is decided. */
  outcome: DecisionOutcome | null;
  next: NextRequest | null;
}

/**
 * Approve or reject: at the bottom of a phone, beside the figures elsewhere. After the decision the same place says what
 * became of it, and the next request is opened only when somebody wants it.
 */
export function DecisionBar(props: DecisionBarProps) {
  const router = useRouter();
  const bar = useRef<HTMLDivElement>(null);
  const [heightPx, setHeightPx] = useState(0);
  const [decided, setDecided] = useState<DecisionOutcome>();
  const [rejecting, setRejecting] = useState(false);
  // Undefined while nobody wants to say anything with it.
  const [note, setNote] = useState<string>();
  const decide = useAction(
    (decision: "approve" | "reject", reason: string) =>
      apiFetch<{ runId: string | null }>(`/requests/${props.requestId}/decisions`, {
        body: { decision, digest: props.digest, reason },
      }),
    {
      onSuccess: ({ runId }, decision) => {
        setHeightPx(bar.current?.offsetHeight ?? 0);
        setDecided(
          decision === "approve"
            ? { tone: "good", status: "Approved", detail: props.doing, runId }
            : { tone: "bad", status: "Rejected", detail: "The requester was notified", runId: null },
        );
        setRejecting(false);
        router.refresh();
      },
      // What changed meanwhile is said above the buttons, and the card is drawn again.
      onProblem: (problem) => {
        if (!isRefusal(problem)) return false;
        setRejecting(false);
        router.refresh();
        return true;
      },
    },
  );
  const busy = decide.pending;
  const outcome = props.outcome ?? decided;
  if (outcome) {
    return (
      <DecisionResult outcome={outcome} next={props.next} requestId={props.requestId} heightPx={heightPx} />
    );
  }
  const outdated = decide.problem?.code === "stale_plan";
  return (
    <div
      ref={bar}
      className="sticky bottom-0 z-20 order-last -mx-4 mt-auto grid gap-3 border-t bg-panel px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:mx-0 sm:rounded-card sm:border sm:py-3 sm:shadow-panel lg:static lg:order-none lg:mt-0"
    >
      {decide.problem && isRefusal(decide.problem) ? (
        <Callout
          tone="warning"
          title="Couldn’t approve"
          action={outdated && !props.stale ? <PlanAgain id={props.requestId} accent /> : undefined}
        >
          {decide.problem.detail}
        </Callout>
      ) : null}
      {props.stale ? (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="text-ink-soft">The environment changed after this plan was created.</p>
          <PlanAgain id={props.requestId} accent />
        </div>
      ) : (
        <div className="grid grid-cols-[minmax(7rem,auto)_1fr] gap-2.5">
          {note === undefined ? null : (
            <Field
              label="Note"
              optional
              hint="Saved with the approval. Visible to the requester."
              className="col-span-2"
            >
              {(control) => (
                <Textarea
                  {...control}
                  rows={2}
                  value={note}
                  onChange={(event) => setNote(event.target.value)}
                />
              )}
            </Field>
          )}
          <Button size="lg" disabled={busy} onClick={() => setRejecting(true)} className="sm:px-6">
            Reject…
          </Button>
          <Button
            size="lg"
            variant="accent"
            loading={busy && !rejecting}
            disabled={busy}
            onClick={() => void decide.run("approve", note?.trim() ?? "")}
          >
            {props.approveLabel}
          </Button>
          {note === undefined ? (
            <Button size="sm" variant="ghost" className="col-span-2" onClick={() => setNote("")}>
              Add note
            </Button>
          ) : null}
        </div>
      )}
      <RejectDialog
        open={rejecting}
        onOpenChange={setRejecting}
        name={props.environmentName}
        begin=""
        onReject={(reason) => decide.run("reject", reason)}
      />
    </div>
  );
}

/** What the person has to know to decide again, in place: it changed, it is decided, there is no quota for it. */
function isRefusal({ status, code }: ApiProblem): boolean {
  return status === 409 || code === "quota_exceeded";
}
