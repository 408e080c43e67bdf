"use client";

import { useRouter } from "next/navigation";
import { apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { RunDetail } from "@/lib/features/runs/schema";

/** Stops a run after the step it is at. */
export function RunCancel({ run }: { run: RunDetail }) {
  const router = useRouter();
  const cancel = useAction(() => apiPost("/runs/{id}/cancel", { path: { id: run.id } }), {
    success: "Canceling after the current step…",
    onSuccess: () => router.refresh(),
  });
  return (
    <ConfirmDialog
      trigger={<Button>Cancel run</Button>}
      title="Cancel this run?"
      description="The current step finishes safely. Remaining steps won’t start."
      kept={["Resources already created (still billed)", "The option to resume or roll back"]}
      confirmLabel="Cancel run"
      cancelLabel="Keep running"
      tone="primary"
      onConfirm={() => cancel.run()}
    />
  );
}
