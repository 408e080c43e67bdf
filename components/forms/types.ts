import type { ValueRules, VisibleIf } from "@/lib/kernel/values";

/** What a form field can hold: the values of JSON. */
export type FieldValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | FieldValue[]
  | { [key: string]: FieldValue };

/** A value as it is sent: JSON, in which nothing is left undefined. */
export type SentValue = string | number | boolean | null | SentValue[] | { [key: string]: SentValue };

export type FieldType = "string" | "integer" | "number" | "boolean" | "array" | "object";

export type Widget =
  | "text"
  | "textarea"
  | "select"
  | "radio"
  | "slider"
  | "switch"
  | "checkbox"
  | "secret"
  | "git"
  | "upload"
  | "number"
  | "list"
  | "group"
  | "json";

export interface FieldOption {
  value: string | number | boolean;
  label: string;
}

/** One field of a form page, as the engine derives it from a template's parameter schema. */
export interface FormField {
  name: string;
  title: string;
  description?: string;
  type: FieldType;
  widget?: Widget;
  /** What may be chosen. */
  options?: readonly FieldOption[];
  /** Bounds: of the value for numbers, of the number of entries for lists. */
  min?: number;
  max?: number;
  step?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  default?: unknown;
  required?: boolean;
  /** What its values are judged by, as everywhere else; without them the field's own bounds. */
  rules?: ValueRules;
  /** With which values of other fields it is shown; always, without. */
  visibleIf?: VisibleIf;
  secret?: boolean;
  /** A secret that has a value, may go without one, and so can be cleared. */
  clearable?: boolean;
  unit?: string;
  placeholder?: string;
  help?: string;
  /** Hidden behind "Advanced" until asked for. */
  advanced?: boolean;
  /** The entries of a list. */
  items?: FormField;
  /** The fields of a group. */
  fields?: readonly FormField[];
}

export interface FormPage {
  title?: string;
  description?: string;
  fields: readonly FormField[];
}

export type FormValue = Record<string, FieldValue>;
/** Messages by field name. */
export type FormErrors = Record<string, string | undefined>;
