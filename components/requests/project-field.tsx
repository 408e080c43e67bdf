"use client";

import { Field } from "@/components/ui/field";
import { NativeSelect } from "@/components/ui/native-select";
import type { ProjectOption } from "@/lib/features/requests/schema";

/** The project of the new environment. */
export function ProjectField(props: {
  projects: readonly ProjectOption[];
  /** Slug. */
  value: string;
  onChange: (slug: string) => void;
  error?: string;
}) {
  return (
    <Field label="Project" error={props.error}>
      {(control) => (
        <NativeSelect
          {...control}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
        >
          {props.projects.map((one) => (
            <option key={one.slug} value={one.slug}>
              {one.name}
            </option>
          ))}
        </NativeSelect>
      )}
    </Field>
  );
}
