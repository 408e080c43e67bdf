"use client";

import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { SchemaField } from "./schema-field";
import type { FieldValue, FormErrors, FormField, FormPage, FormValue } from "./types";
import { validateField } from "./validate";

export interface SchemaFormProps {
  pages: readonly FormPage[];
  value: FormValue;
  onChange: (value: FormValue) => void;
  /** Complaints of the server, by field name; shown until the field changes. */
  errors?: FormErrors;
  /** Shows every complaint at once, as after an attempt to submit; otherwise only where someone has been. */
  showErrors?: boolean;
  disabled?: boolean;
}

/** A form made from a template's parameters. Controlled: the parent holds the value. */
export function SchemaForm({ pages, value, onChange, errors, showErrors, disabled }: SchemaFormProps) {
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [answered, setAnswered] = useState<{ errors?: FormErrors; fields: ReadonlySet<string> }>({
    fields: new Set(),
  });

  const settled = answered.errors === errors ? answered.fields : new Set<string>();
  function change(field: FormField, next: FieldValue) {
    setAnswered({ errors, fields: new Set([...settled, field.name]) });
    // What was cleared is remembered as cleared, also in what a browser keeps: JSON knows null and no undefined.
    onChange({ ...value, [field.name]: next === undefined ? null : next });
  }
  function errorOf(field: FormField): string | undefined {
    const fromServer = settled.has(field.name) ? undefined : errors?.[field.name];
    const own = showErrors || touched.has(field.name) ? validateField(field, value[field.name]) : undefined;
    return own ?? fromServer;
  }
  const draw = (field: FormField) => (
    <SchemaField
      key={field.name}
      field={field}
      value={value[field.name]}
      error={errorOf(field)}
      disabled={disabled}
      onChange={(next) => change(field, next)}
      onBlur={() =>
        setTouched((before) => (before.has(field.name) ? before : new Set([...before, field.name])))
      }
    />
  );

  return (
    <div className="grid gap-7">
      {pages.map((page, index) => {
        const plain = page.fields.filter((field) => !field.advanced);
        const advanced = page.fields.filter((field) => field.advanced);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a page is its place
          <div key={index} className="grid gap-5">
            {page.title || page.description ? (
              <div>
                {page.title ? <h2 className="text-lg font-semibold">{page.title}</h2> : null}
                {page.description ? <p className="text-muted">{page.description}</p> : null}
              </div>
            ) : null}
            {plain.map(draw)}
            {advanced.length > 0 ? (
              <Advanced open={Boolean(advanced.some((field) => errorOf(field)))}>
                {advanced.map(draw)}
              </Advanced>
            ) : null}
          </div>
        );
      })}
    </div>
  );
}

function Advanced({ open, children }: { open: boolean; children: React.ReactNode }) {
  const [asked, setAsked] = useState(false);
  return (
    <details
      open={open || asked}
      onToggle={(event) => setAsked(event.currentTarget.open)}
      className="group rounded-card border bg-panel"
    >
      <summary className="flex list-none items-center gap-2 rounded-card px-4 py-2.5 font-medium text-ink-soft [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-4 text-muted transition-transform group-open:rotate-90" aria-hidden />
        Advanced
      </summary>
      <div className="grid gap-5 border-t px-4 py-4">{children}</div>
    </details>
  );
}
