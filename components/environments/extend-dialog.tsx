"use client";

import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { formatDate } from "@/lib/kernel/format";
import { ReasonField } from "./reason-field";
import { useChange } from "./use-change";

export interface ExtendDialogProps {
  environment: { id: string; name: string; leaseEndsAt: string | null; maxLeaseDays: number };
  trigger: ReactNode;
}

/** Extends a lease. Days count from now; policies may require an approval. */
export function ExtendDialog({ environment, trigger }: ExtendDialogProps) {
  const most = environment.maxLeaseDays;
  const [open, setOpen] = useState(false);
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
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>{trigger}</DialogTrigger>
      <DialogContent
        title={`Extend lease of ${environment.name}`}
        footer={
          <Button variant="primary" disabled={!valid} loading={change.pending} onClick={() => void submit()}>
            Extend lease
          </Button>
        }
      >
        <div className="grid gap-4">
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
        </div>
      </DialogContent>
    </Dialog>
  );
}
