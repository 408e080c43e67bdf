"use client";

import { useRouter } from "next/navigation";
import { apiFetch } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { formatCount } from "@/lib/kernel/format";
import { monthName } from "./month-name";

/** Closes the earliest open month, after asking: a statement cannot be taken back. */
export function CloseMonth({ month, costCenters }: { month: string; costCenters: number }) {
  const router = useRouter();
  const name = monthName(month);
  const close = useAction(async () => await apiFetch("/statements", { body: { month } }), {
    success: `${name} is closed`,
    onSuccess: () => router.refresh(),
  });
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" variant="primary">
          Close {name}
        </Button>
      }
      title={`Close ${name}?`}
      description={`This writes ${formatCount(costCenters, "statement")}, one for each cost center with costs. A statement can never be changed or taken back.`}
      kept={["Usage, prices and charges stay as they are and can still be opened."]}
      confirmLabel="Close the month"
      tone="primary"
      onConfirm={close.run}
    />
  );
}
