"use client";

import { type ReactNode, useState } from "react";
import { leaseProblem } from "@/components/requests/form-model";
import { LeaseField } from "@/components/requests/lease-field";
import { FormDialog } from "@/components/ui/form-dialog";
import { type DialogControl, useDialogOpen } from "@/components/ui/use-dialog-open";
import { formatDate } from "@/lib/kernel/format";
import { ReasonField } from "./reason-field";
import { useChange } from "./use-change";

export interface ExtendDialogProps extends DialogControl {
  environment: { id: string; name: string; leaseEndsAt: string | null; maxLeaseDays: number };
  /** Leave out when `open` is controlled. */
  trigger?: ReactNode;
}

/** Extends a lease. Days count from now; policies may require an approval. */
export function ExtendDialog(props: ExtendDialogProps) {
  const { environment, trigger, returnFocusTo } = props;
  const most = environment.maxLeaseDays;
  const [open, setOpen] = useDialogOpen(props);
  const [days, setDays] = useState<number | undefined>(Math.min(14, most));
  const [reason, setReason] = useState("");
  const wrong = leaseProblem(days, most);
  const endsAt = wrong || days === undefined ? undefined : formatDate(Date.now() + days * 86_400_000);
  const change = useChange(environment.id, { done: `Lease extended to ${endsAt}` });

  async function submit() {
    if (days === undefined) return;
    if (await change.run({ kind: "extend", leaseDays: days, reason: reason.trim() })) setOpen(false);
  }

  return (
    <FormDialog
      {...{ open, trigger, returnFocusTo }}
      onOpenChange={setOpen}
      title={`Extend lease of ${environment.name}`}
      submitLabel="Extend lease"
      missing={wrong ?? null}
      pending={change.pending}
      onSubmit={() => void submit()}
    >
      <LeaseField days={days} max={most} onChange={setDays} />
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  );
}
