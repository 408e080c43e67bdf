"use client";

import { useRouter } from "next/navigation";
import { apiFetch } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";

/** Takes a request back, or stops what it started. */
export function CancelRequest({ id, running }: { id: string; running: boolean }) {
  const router = useRouter();
  const cancel = useAction(() => apiFetch(`/requests/${id}/cancel`, { method: "POST" }), {
    success: running ? "Stopping it" : "Taken back",
    onSuccess: () => router.refresh(),
  });
  return (
    <ConfirmDialog
      trigger={<Button variant="danger-outline">{running ? "Stop it…" : "Take it back…"}</Button>}
      title={running ? "Stop carrying it out?" : "Take this request back?"}
      description={
        running
          ? "What is under way is finished or given up; its run then says what exists."
          : "Nobody can approve it any more, and what was reserved for it is free again."
      }
      confirmLabel={running ? "Stop it" : "Take it back"}
      cancelLabel="Leave it"
      onConfirm={cancel.run}
    />
  );
}

/** Plans a waiting change anew, because its environment moved on. */
export function PlanAgain({ id, accent }: { id: string; accent?: boolean }) {
  const router = useRouter();
  const plan = useAction(() => apiFetch(`/requests/${id}/plan`, { method: "POST" }), {
    success: "Planned again",
    onSuccess: () => router.refresh(),
  });
  return (
    <Button variant={accent ? "accent" : "outline"} loading={plan.pending} onClick={() => void plan.run()}>
      Plan again
    </Button>
  );
}
