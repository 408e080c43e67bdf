"use client";

import { Field } from "@/components/ui/field";
import { NativeSelect } from "@/components/ui/native-select";
import type { CostCenterDto } from "@/lib/features/projects/schema";

/** The cost center that pays for a project. */
export function CostCenterField(props: {
  costCenters: readonly CostCenterDto[];
  /** ID of a cost center. */
  value: string;
  onChange: (id: string) => void;
  required?: boolean;
  error?: string;
  hint?: string;
}) {
  return (
    <Field label="Cost center" required={props.required} error={props.error} hint={props.hint}>
      {(control) => (
        <NativeSelect
          {...control}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
        >
          {props.costCenters.map((one) => (
            <option key={one.id} value={one.id}>
              {one.code} · {one.name}
            </option>
          ))}
        </NativeSelect>
      )}
    </Field>
  );
}
