"use client";

import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { tidyName } from "./form-model";

/** The name of the new environment, and whether it is free. */
export function NameField(props: {
  value: string;
  onChange: (name: string) => void;
  error?: string;
  /** Name of the project in which it is free. */
  free?: string;
}) {
  return (
    <Field
      label="Name"
      required
      error={props.error}
      hint={
        props.free
          ? `${props.value} is available in ${props.free}`
          : "Used in the URL and in resource names. Lowercase letters, digits and hyphens."
      }
    >
      {(control) => (
        <Input
          {...control}
          value={props.value}
          onChange={(event) => props.onChange(tidyName(event.target.value))}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder="checkout-staging"
        />
      )}
    </Field>
  );
}
