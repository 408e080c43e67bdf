"use client";

import { Money } from "@/components/ui/money";
import { ReasonedButton } from "@/components/ui/reasoned-button";
import { Skeleton } from "@/components/ui/skeleton";
import type { PreviewDto } from "@/lib/features/requests/schema";
import { formatDate } from "@/lib/kernel/format";
import type { Preview } from "./use-preview";

export interface SubmitProps {
  preview: Preview;
  kind: "create" | "update";
  submitting: boolean;
  onSubmit: () => void;
}

/** On phones and tablets: what it costs and the one button, always within reach of the thumb. */
export function SubmitBar(props: SubmitProps) {
  const { data, problem } = props.preview;
  const cost = data?.plan.cost;
  const until = props.kind === "create" && cost?.untilLeaseEnd != null;
  return (
    <div className="sticky bottom-0 z-20 -mx-4 flex items-center justify-between gap-4 border-t bg-panel px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:-mx-8 sm:px-8 lg:hidden">
      <div className="min-w-0 leading-tight">
        <div className="text-lg font-semibold tabular">
          {cost ? (
            <Money amount={until ? cost.untilLeaseEnd : cost.monthly} currency={cost.currency} />
          ) : problem ? (
            <span className="text-muted">unknown</span>
          ) : (
            <Skeleton className="h-5 w-16" />
          )}
        </div>
        <div className="truncate text-xs text-muted">
          {until && data?.plan.lease ? `Cost until ${formatDate(data.plan.lease.endsAt)}` : "Monthly cost"}
        </div>
      </div>
      <div className="min-w-48">
        <SubmitButton {...props} />
      </div>
    </div>
  );
}

/** The one button of the form: its words are what will happen. */
export function SubmitButton(props: SubmitProps) {
  const outcome = props.preview.data?.outcome;
  const nothing = !props.preview.problem && changesNothing(props.preview.data, props.kind);
  const refused = !props.preview.problem && (outcome === "denied" || outcome === "over_quota");
  const reason = refused
    ? (reasonsOf(props.preview.data)[0] ?? "The plan shows why.")
    : nothing
      ? "Change a value first."
      : null;
  const words =
    outcome === "needs_approval"
      ? "Submit for approval"
      : props.kind === "create"
        ? "Create environment"
        : "Apply changes";
  return (
    <ReasonedButton
      variant="accent"
      className="h-10 w-full"
      loading={props.submitting}
      reason={reason}
      onClick={props.onSubmit}
    >
      {refused
        ? outcome === "denied"
          ? "Blocked by policy"
          : "Exceeds quota"
        : nothing
          ? "No changes to apply"
          : words}
    </ReasonedButton>
  );
}

/** Why a plan can't be submitted, in the words of policies and quota. */
function reasonsOf(data: PreviewDto | undefined): string[] {
  if (data?.outcome === "over_quota") return data.problems;
  return data?.verdicts.filter((one) => one.effect === "deny").map((one) => one.reason) ?? [];
}

/** Whether a change would change anything; unknown until there is a plan. */
export function changesNothing(data: PreviewDto | undefined, kind: "create" | "update"): boolean {
  return (
    kind === "update" && data !== undefined && data.plan.changes.every(({ action }) => action === "no-op")
  );
}
