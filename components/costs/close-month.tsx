"use client";

import { useRouter } from "next/navigation";
import { apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { formatCount } from "@/lib/kernel/format";
import { monthName } from "./month-name";

/** Closes the earliest open month, after a confirmation: a statement can’t be changed or reopened. */
export function CloseMonth({ month, costCenters }: { month: string; costCenters: number }) {
  const router = useRouter();
  const name = monthName(month);
  const close = useAction(() => apiPost("/statements", { body: { month } }), {
    success: `${name} closed`,
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
      description={`Creates ${formatCount(costCenters, "statement")}, one per cost center with costs. Statements can’t be changed or reopened.`}
      kept={["Usage, prices and charges"]}
      confirmLabel={`Close ${name}`}
      onConfirm={close.run}
    />
  );
}
