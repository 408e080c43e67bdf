"use client";

import { useEffect, useState } from "react";
import { NumberInput } from "@/components/forms/inputs";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { dateAfter, daysUntil, leaseProblem } from "./form-model";

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
    <Field
      label="Keep until"
      error={wrong ?? error}
      hint="It is stopped then, and destroyed some days later. You are warned before, and can ask for more time."
      required
    >
      {(control) => (
        <div className="grid grid-cols-2 gap-4">
          <Input
            {...control}
            type="date"
            value={date}
            min={nowMs === undefined ? undefined : dateAfter(1, nowMs)}
            max={nowMs === undefined ? undefined : dateAfter(max, nowMs)}
            onChange={(event) => onChange(daysUntil(event.target.value, Date.now()))}
          />
          <NumberInput
            id={`${control.id}-days`}
            aria-label="Days to keep it"
            aria-invalid={control["aria-invalid"]}
            value={days}
            suffix={`days, at most ${max}`}
            onChange={(value) => onChange(typeof value === "number" ? value : undefined)}
          />
        </div>
      )}
    </Field>
  );
}
