"use client";

import { useRouter } from "next/navigation";
import { apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";

export interface CancelRequestProps {
  id: string;
  running: boolean;
  /** Opened from elsewhere, without a button of its own. */
  dialog?: { open: boolean; onOpenChange: (open: boolean) => void };
}

/** Takes a request back, or stops what it started. */
export function CancelRequest({ id, running, dialog }: CancelRequestProps) {
  const router = useRouter();
  const cancel = useAction(() => apiPost("/requests/{id}/cancel", { path: { id } }), {
    success: running ? "Canceling run…" : "Request canceled",
    onSuccess: () => router.refresh(),
  });
  return (
    <ConfirmDialog
      {...(dialog ?? {
        trigger: <Button variant="danger-outline">{running ? "Cancel run…" : "Cancel request…"}</Button>,
      })}
      title={running ? "Cancel this run?" : "Cancel this request?"}
      description={
        running
          ? "Steps in progress finish or are aborted. The run page then shows what exists."
          : "The request can no longer be approved, and its reserved quota is released."
      }
      confirmLabel={running ? "Cancel run" : "Cancel request"}
      cancelLabel={running ? "Keep running" : "Keep request"}
      tone={running ? "primary" : "danger"}
      onConfirm={cancel.run}
    />
  );
}

/** Plans a waiting change again, because its environment moved on. */
export function PlanAgain({ id, accent }: { id: string; accent?: boolean }) {
  const router = useRouter();
  const plan = useAction(() => apiPost("/requests/{id}/plan", { path: { id } }), {
    success: "Request re-planned",
    onSuccess: () => router.refresh(),
  });
  return (
    <Button variant={accent ? "accent" : "outline"} loading={plan.pending} onClick={() => void plan.run()}>
      Re-plan
    </Button>
  );
}
