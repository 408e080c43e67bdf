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

/** Keeps an environment longer. Days count from now; the rules may ask for an approver. */
export function ExtendDialog({ environment, trigger }: ExtendDialogProps) {
  const most = environment.maxLeaseDays;
  const [open, setOpen] = useState(false);
  const [days, setDays] = useState(String(Math.min(14, most)));
  const [reason, setReason] = useState("");
  const change = useChange(environment.id, { done: "The lease is extended" });
  const count = Number(days);
  const valid = Number.isInteger(count) && count >= 1 && count <= most;
  const endsAt = valid ? formatDate(Date.now() + count * 86_400_000) : undefined;

  async function submit() {
    if (!valid) return;
    if (await change.run({ kind: "extend", leaseDays: count, reason: reason.trim() })) setOpen(false);
  }

  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>{trigger}</DialogTrigger>
      <DialogContent
        title={`Keep ${environment.name} longer`}
        footer={
          <Button variant="primary" disabled={!valid} loading={change.pending} onClick={() => void submit()}>
            Extend
          </Button>
        }
      >
        <div className="grid gap-4">
          <Field
            label="Days from today"
            hint={endsAt ? `Then it ends on ${endsAt}.` : undefined}
            error={valid ? undefined : `A whole number from 1 to ${most}.`}
          >
            {(control) => (
              <Input
                {...control}
                type="number"
                min={1}
                max={most}
                value={days}
                suffix={`at most ${most}`}
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
