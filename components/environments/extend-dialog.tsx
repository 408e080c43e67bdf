"use client";

import { type ReactNode, useState } from "react";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
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
  const [days, setDays] = useState(String(Math.min(14, most)));
  const [reason, setReason] = useState("");
  const count = Number(days);
  const valid = Number.isInteger(count) && count >= 1 && count <= most;
  const endsAt = valid ? formatDate(Date.now() + count * 86_400_000) : undefined;
  const change = useChange(environment.id, { done: `Lease extended to ${endsAt}` });

  async function submit() {
    if (!valid) return;
    if (await change.run({ kind: "extend", leaseDays: count, reason: reason.trim() })) setOpen(false);
  }

  return (
    <FormDialog
      {...{ open, trigger, returnFocusTo }}
      onOpenChange={setOpen}
      title={`Extend lease of ${environment.name}`}
      submitLabel="Extend lease"
      ready={valid}
      pending={change.pending}
      onSubmit={() => void submit()}
    >
      <Field
        label="Days from today"
        hint={endsAt ? `New end date: ${endsAt}` : undefined}
        error={valid ? undefined : `Enter a whole number from 1 to ${most}.`}
      >
        {(control) => (
          <Input
            {...control}
            type="number"
            min={1}
            max={most}
            value={days}
            suffix={`max ${most}`}
            onChange={(event) => setDays(event.target.value)}
          />
        )}
      </Field>
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  );
}
