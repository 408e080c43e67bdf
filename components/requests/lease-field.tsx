"use client";

import { useEffect, useState } from "react";
import { NumberInput } from "@/components/forms/inputs";
import { DateInput } from "@/components/ui/date-input";
import { Field } from "@/components/ui/field";
import { dateAfter, daysUntil, leaseProblem } from "./form-model";

const leaseHint =
  "When the lease ends, the environment is stopped, then destroyed after the grace period. " +
  "You’re notified one day before and can request an extension.";

export interface LeaseFieldProps {
  days: number | undefined;
  max: number;
  onChange: (days: number | undefined) => void;
  error?: string;
}

/** Until when: a date and a number of days that say the same. */
export function LeaseField({ days, max, onChange, error }: LeaseFieldProps) {
  // The date depends on the viewer's calendar, which the server does not know.
  const [nowMs, setNowMs] = useState<number>();
  useEffect(() => setNowMs(Date.now()), []);
  const wrong = leaseProblem(days, max);
  const date = nowMs !== undefined && days !== undefined && !wrong ? dateAfter(days, nowMs) : "";
  return (
    <Field label="Lease ends" error={wrong ?? error} hint={leaseHint} required>
      {(control) => (
        <div className="grid grid-cols-2 items-start gap-4">
          <DateInput
            {...control}
            value={date}
            min={nowMs === undefined ? undefined : dateAfter(1, nowMs)}
            max={nowMs === undefined ? undefined : dateAfter(max, nowMs)}
            onChange={(day) => onChange(daysUntil(day, Date.now()))}
          />
          <NumberInput
            id={`${control.id}-days`}
            aria-label="Lease in days"
            aria-invalid={control["aria-invalid"]}
            value={days}
            suffix={`days (max ${max})`}
            onChange={(value) => onChange(typeof value === "number" ? value : undefined)}
          />
        </div>
      )}
    </Field>
  );
}
