"use client";

import { useEffect, useState } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";

export interface RejectDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Of the environment. */
  name: string;
  /** What the reason begins with: a suggestion. */
  begin: string;
  onReject: (reason: string) => Promise<boolean>;
}

/** Rejecting needs a reason, because the person who asked has to know what to do instead. */
export function RejectDialog({ open, onOpenChange, name, begin, onReject }: RejectDialogProps) {
  const [reason, setReason] = useState(begin);
  useEffect(() => {
    if (open) setReason(begin);
  }, [open, begin]);
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Reject “${name}”?`}
      description="Reserved quota is released. The requester sees your reason."
      confirmLabel="Reject request"
      missing={reason.trim() === "" ? "Enter a reason." : null}
      onConfirm={() => onReject(reason.trim())}
    >
      <Field label="Reason" required hint="Tell the requester what to change.">
        {(control) => (
          <Textarea
            {...control}
            rows={4}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
    </ConfirmDialog>
  );
}
