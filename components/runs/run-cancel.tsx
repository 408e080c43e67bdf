"use client";

import { useRouter } from "next/navigation";
import { apiFetch } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { RunDetail } from "@/lib/features/runs/schema";

/** Stops a run after the step it is at. */
export function RunCancel({ run }: { run: RunDetail }) {
  const router = useRouter();
  const cancel = useAction(() => apiFetch(`/runs/${run.id}/cancel`, { method: "POST" }), {
    success: "It stops as soon as the step under way allows",
    onSuccess: () => router.refresh(),
  });
  return (
    <ConfirmDialog
      trigger={<Button>Cancel</Button>}
      title="Stop here?"
      description="The step under way is brought to a safe end, the others are not begun."
      kept={["What exists already, and goes on costing", "You can resume or roll back afterwards"]}
      confirmLabel="Stop"
      cancelLabel="Let it go on"
      tone="primary"
      onConfirm={() => cancel.run()}
    />
  );
}
