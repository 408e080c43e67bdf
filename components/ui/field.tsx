"use client";

import { type ReactNode, useId } from "react";
import { cn } from "./cn";
import { Label } from "./label";

/** What a control needs to be announced with its label, hint and error. */
export interface FieldControlProps {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
  "aria-required"?: true;
}

export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  required?: boolean;
  /** Marks what may be left out; most fields are required, so the exception is said. */
  optional?: boolean;
  /** Right of the label: a link or a small action. */
  aside?: ReactNode;
  className?: string;
  /** For controls that are not one labelled element (radio groups): a group with a legend. */
  group?: boolean;
  id?: string;
  children: (control: FieldControlProps) => ReactNode;
}

/** A label, its control, a hint and an error, wired together for assistive technology. */
export function Field(props: FieldProps) {
  const ownId = useId();
  const id = props.id ?? ownId;
  const hintId = props.hint ? `${id}-hint` : undefined;
  const errorId = props.error ? `${id}-error` : undefined;
  const describedBy = [errorId, hintId].filter(Boolean).join(" ") || undefined;
  const control: FieldControlProps = { id };
  if (describedBy) control["aria-describedby"] = describedBy;
  if (props.error) control["aria-invalid"] = true;
  if (props.required) control["aria-required"] = true;
  const title = (
    <>
      {props.label}
      {props.optional ? <span className="ml-1.5 font-normal text-muted">optional</span> : null}
    </>
  );
  const body = (
    <>
      {props.children(control)}
      {props.error ? (
        <p id={errorId} className="text-xs text-bad-ink">
          {props.error}
        </p>
      ) : null}
      {props.hint ? (
        <p id={hintId} className="text-xs text-muted">
          {props.hint}
        </p>
      ) : null}
    </>
  );
  if (props.group) {
    return (
      <fieldset className={cn("grid min-w-0 gap-1.5", props.className)} aria-describedby={describedBy}>
        <legend className="mb-1.5 text-sm font-semibold text-ink">{title}</legend>
        {body}
      </fieldset>
    );
  }
  return (
    <div className={cn("grid min-w-0 gap-1.5", props.className)}>
      <div className="flex items-baseline justify-between gap-3">
        <Label htmlFor={id}>{title}</Label>
        {props.aside ? <span className="text-xs text-muted">{props.aside}</span> : null}
      </div>
      {body}
    </div>
  );
}
