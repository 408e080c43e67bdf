"use client";

import { TagsInput } from "@/components/forms/inputs";
import { Field } from "@/components/ui/field";

export type Labels = Record<string, string>;

/** A cloud's labels, written as name=value; placement chooses by them. */
export function LabelField(props: { value: Labels; onChange: (value: Labels) => void; error?: string }) {
  const texts = Object.entries(props.value).map(([name, value]) => (value ? `${name}=${value}` : name));
  return (
    <Field
      label="Labels"
      optional
      error={props.error}
      hint="For example, location=frankfurt. Used for placement."
    >
      {(control) => (
        <TagsInput
          {...control}
          value={texts}
          placeholder="name=value, then Enter"
          onChange={(next) => props.onChange(Object.fromEntries(next.map(parse)))}
        />
      )}
    </Field>
  );
}

function parse(text: string): [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? [text.trim(), ""] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
