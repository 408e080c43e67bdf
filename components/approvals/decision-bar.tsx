"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiFetch } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { PlanAgain } from "@/components/requests/request-actions";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { RejectDialog } from "./reject-dialog";

export interface DecisionBarProps {
  requestId: string;
  /** The plan the person looks at; the decision is about this one. */
  digest: string;
  /** "Approve € 196.00". */
  approveLabel: string;
  environmentName: string;
  stale: boolean;
  /** Where to go on after the decision. */
  nextHref: string;
}

/** Approve or reject: at the bottom of a phone, under the card elsewhere. */
export function DecisionBar(props: DecisionBarProps) {
  const router = useRouter();
  const [rejecting, setRejecting] = useState(false);
  const [left, setLeft] = useState(false);
  const decide = useAction(
    (decision: "approve" | "reject", reason: string) =>
      apiFetch(`/requests/${props.requestId}/decisions`, {
        body: { decision, digest: props.digest, reason },
      }),
    {
      success: () => "Decided",
      onSuccess: () => {
        setLeft(true);
        setRejecting(false);
        router.push(props.nextHref);
        router.refresh();
      },
      // What changed meanwhile is said above the buttons, and the card is drawn again.
      onProblem: (problem) => {
        if (problem.status !== 409) return false;
        setRejecting(false);
        router.refresh();
        return true;
      },
    },
  );
  const busy = decide.pending || left;
  return (
    <div className="sticky bottom-0 z-20 -mx-4 grid gap-3 border-t bg-panel px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:mx-0 sm:rounded-card sm:border sm:py-3 sm:shadow-panel">
      {decide.problem?.status === 409 ? (
        <Callout tone="warning" title="Something changed meanwhile">
          {decide.problem.detail}
        </Callout>
      ) : null}
      {props.stale ? (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="text-ink-soft">The environment changed since this was planned.</p>
          <PlanAgain id={props.requestId} accent />
        </div>
      ) : (
        <div className="grid grid-cols-2 gap-2.5 sm:flex sm:justify-end">
          <Button size="lg" disabled={busy} onClick={() => setRejecting(true)} className="sm:px-6">
            Reject…
          </Button>
          <Button
            size="lg"
            variant="accent"
            loading={busy && !rejecting}
            disabled={busy}
            onClick={() => void decide.run("approve", "")}
            className="sm:min-w-56"
          >
            {props.approveLabel}
          </Button>
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
