"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { type ApiProblem, apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { PlanAgain } from "@/components/requests/request-actions";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { ReasonedButton } from "@/components/ui/reasoned-button";
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
 * became of it, and the next request is opened only when someone wants it.
 */
export function DecisionBar(props: DecisionBarProps) {
  const { requestId, next, stale } = props;
  const bar = useRef<HTMLDivElement>(null);
  const decision = useDecision(props, () => bar.current?.offsetHeight ?? 0);
  const { action, decided, rejecting, setRejecting } = decision;
  const outcome = props.outcome ?? decided?.outcome;
  if (outcome) return <DecisionResult {...{ outcome, next, requestId }} heightPx={decided?.heightPx ?? 0} />;
  const outdated = action.problem?.code === "stale_plan";
  return (
    <div
      ref={bar}
      className="sticky bottom-0 z-20 order-last -mx-4 mt-auto grid gap-3 border-t bg-panel px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:mx-0 sm:rounded-card sm:border sm:py-3 sm:shadow-panel lg:static lg:order-none lg:mt-0"
    >
      {action.problem && isRefusal(action.problem) ? (
        <Callout
          tone="warning"
          title="Couldn’t approve"
          action={outdated && !stale ? <PlanAgain id={requestId} accent /> : undefined}
        >
          {action.problem.detail}
        </Callout>
      ) : null}
      {stale ? (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="text-ink-soft">The environment changed after this plan was created.</p>
          <PlanAgain id={requestId} accent />
        </div>
      ) : (
        <Choice
          approveLabel={props.approveLabel}
          pending={action.pending}
          onReject={() => setRejecting(true)}
          onApprove={(note) => void action.run("approve", note)}
        />
      )}
      <RejectDialog
        open={rejecting}
        onOpenChange={setRejecting}
        name={props.environmentName}
        begin=""
        onReject={(reason) => action.run("reject", reason)}
      />
    </div>
  );
}

/** Sends the decision; what became of it keeps the height that the bar had. */
function useDecision({ requestId, digest, doing }: DecisionBarProps, heightOf: () => number) {
  const router = useRouter();
  const [decided, setDecided] = useState<{ outcome: DecisionOutcome; heightPx: number }>();
  const [rejecting, setRejecting] = useState(false);
  const action = useAction(
    (decision: "approve" | "reject", reason: string) =>
      apiPost("/requests/{id}/decisions", {
        path: { id: requestId },
        body: { decision, digest, reason },
      }),
    {
      onSuccess: ({ runId }, decision) => {
        const outcome: DecisionOutcome =
          decision === "approve"
            ? { tone: "good", status: "Approved", detail: doing, runId }
            : { tone: "bad", status: "Rejected", detail: "The requester was notified", runId: null };
        setDecided({ outcome, heightPx: heightOf() });
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
  return { action, decided, rejecting, setRejecting };
}

interface ChoiceProps {
  approveLabel: string;
  pending: boolean;
  onReject: () => void;
  onApprove: (note: string) => void;
}

/** The two buttons, and a note with the approval for who wants to leave one. */
function Choice({ approveLabel, pending, onReject, onApprove }: ChoiceProps) {
  // Undefined while no one wants to say anything with it.
  const [note, setNote] = useState<string>();
  return (
    <div className="grid grid-cols-[minmax(7rem,auto)_1fr] gap-2.5">
      {note === undefined ? null : (
        <Field
          label="Note"
          optional
          hint="Saved with the approval. Visible to the requester."
          className="col-span-2"
        >
          {(control) => (
            <Textarea {...control} rows={2} value={note} onChange={(event) => setNote(event.target.value)} />
          )}
        </Field>
      )}
      <ReasonedButton
        size="lg"
        reason={pending ? "Your decision is being saved." : null}
        onClick={onReject}
        className="sm:px-6"
      >
        Reject…
      </ReasonedButton>
      <Button size="lg" variant="accent" loading={pending} onClick={() => onApprove(note?.trim() ?? "")}>
        {approveLabel}
      </Button>
      {note === undefined ? (
        <Button size="sm" variant="ghost" className="col-span-2" onClick={() => setNote("")}>
          Add note
        </Button>
      ) : null}
    </div>
  );
}

/** What the person has to know to decide again, in place: it changed, it is decided, there is no quota for it. */
function isRefusal({ status, code }: ApiProblem): boolean {
  return status === 409 || code === "quota_exceeded";
}
