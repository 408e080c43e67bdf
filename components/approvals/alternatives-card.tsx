"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Alternative } from "@/lib/features/approvals/schema";
import { formatMoney } from "@/lib/kernel/format";
import { RejectDialog } from "./reject-dialog";

export interface AlternativesCardProps {
  requestId: string;
  digest: string;
  environmentName: string;
  currency: string;
  alternatives: readonly Alternative[];
  /** False: only shown, the viewer cannot decide. */
  canDecide: boolean;
}

/** What would cost less, with the way to say so. */
export function AlternativesCard(props: AlternativesCardProps) {
  const router = useRouter();
  const [suggested, setSuggested] = useState<Alternative>();
  const reject = useAction(
    (reason: string) =>
      apiPost("/requests/{id}/decisions", {
        path: { id: props.requestId },
        body: { decision: "reject", digest: props.digest, reason },
      }),
    {
      success: "Rejected with a suggestion",
      onSuccess: () => router.refresh(),
    },
  );
  if (props.alternatives.length === 0) return null;
  return (
    <Card dashed title="Lower-cost options">
      <ul className="grid divide-y">
        {props.alternatives.map((one) => (
          <li key={one.title} className="grid gap-0.5 py-2.5 first:pt-0 last:pb-0">
            <span className="flex items-baseline justify-between gap-4">
              <span>{one.title}</span>
              <span className="font-semibold tabular">
                {formatMoney(one.untilLeaseEnd ?? one.monthly, props.currency, {
                  period: one.untilLeaseEnd === null ? "month" : undefined,
                })}
              </span>
            </span>
            <span className="flex items-baseline justify-between gap-4 text-xs text-muted">
              <span>{one.note}</span>
              {props.canDecide ? (
                <Button variant="link" size="sm" className="h-auto" onClick={() => setSuggested(one)}>
                  Reject and suggest this
                </Button>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
      <RejectDialog
        open={suggested !== undefined}
        onOpenChange={(open) => open || setSuggested(undefined)}
        name={props.environmentName}
        begin={suggested?.suggestion ?? ""}
        onReject={reject.run}
      />
    </Card>
  );
}
