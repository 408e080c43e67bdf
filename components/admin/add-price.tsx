"use client";

import { useState } from "react";
import { apiPost } from "@/components/data/api";
import { shownAtFields } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { DateInput } from "@/components/ui/date-input";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { readNumber } from "@/lib/kernel/values/numbers";
import { useWrite } from "./use-write";

const meters = [
  { value: "cpu", label: "CPU, per core-hour" },
  { value: "memory", label: "Memory, per GiB-hour" },
  { value: "storage", label: "Storage, per GiB-hour" },
] as const;
type Meter = (typeof meters)[number]["value"];

/** A new price from a moment on; left blank, it starts now. */
export function AddPrice({ bookId, currency }: { bookId: string; currency: string }) {
  const [open, setOpen] = useState(false);
  const [meter, setMeter] = useState<Meter>("cpu");
  const [unitPrice, setUnitPrice] = useState("");
  const [from, setFrom] = useState("");
  const body = () => ({
    meter,
    unitPrice: unitPrice.trim(),
    ...(from && { validFrom: new Date(from).toISOString() }),
  });
  const write = useWrite(() => apiPost("/price-books/{id}/prices", { path: { id: bookId }, body: body() }), {
    success: "Price added",
    onSuccess: () => {
      setOpen(false);
      setUnitPrice("");
      setFrom("");
    },
    onProblem: shownAtFields,
  });
  const errors = write.fieldErrors;
  const wrong =
    unitPrice !== "" && readNumber(unitPrice) === undefined
      ? "Enter a number, for example 0.021."
      : undefined;
  return (
    <FormDialog
      open={open}
      onOpenChange={setOpen}
      trigger={<Button variant="primary">Add price</Button>}
      title="Add price"
      description="Replaces the current price from the effective date. Past charges don’t change."
      submitLabel="Add price"
      missing={readNumber(unitPrice) === undefined ? "Enter a price." : null}
      pending={write.pending}
      onSubmit={() => void write.run()}
    >
      <Field label="Meter" error={errors.meter}>
        {(control) => (
          <NativeSelect
            {...control}
            value={meter}
            onChange={(event) =>
              setMeter(meters.find((one) => one.value === event.target.value)?.value ?? meter)
            }
          >
            {meters.map((one) => (
              <option key={one.value} value={one.value}>
                {one.label}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <Field label="Price" required error={wrong ?? errors.unitPrice}>
        {(control) => (
          <Input
            {...control}
            value={unitPrice}
            inputMode="decimal"
            placeholder="0.021"
            suffix={`${currency} per hour`}
            onChange={(event) => setUnitPrice(event.target.value)}
          />
        )}
      </Field>
      <Field
        label="Effective from"
        optional
        error={errors.validFrom}
        hint="In your time zone. Leave blank to start now. Can’t be in the past."
      >
        {(control) => <DateInput {...control} withTime value={from} onChange={setFrom} />}
      </Field>
    </FormDialog>
  );
}
