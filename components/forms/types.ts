/** What a form field can hold: the values of JSON. */
export type FieldValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | FieldValue[]
  | { [key: string]: FieldValue };

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
  | "tags"
  | "json";

export type EnumOption = string | number | boolean | { value: string | number | boolean; label?: string };

/** One field of a form page, as the engine derives it from a template's parameter schema. */
export interface FormField {
  name: string;
  title: string;
  description?: string;
  type: FieldType;
  widget?: Widget;
  enum?: readonly EnumOption[];
  /** Bounds: of the value for numbers, of the length for strings, of the items for arrays. */
  min?: number;
  max?: number;
  step?: number;
  pattern?: string;
  format?: string;
  default?: FieldValue;
  required?: boolean;
  secret?: boolean;
  unit?: string;
  placeholder?: string;
  help?: string;
  /** Hidden behind "Advanced" until asked for. */
  advanced?: boolean;
}

export interface FormPage {
  title?: string;
  description?: string;
  fields: readonly FormField[];
}

export type FormValue = Record<string, FieldValue>;
/** Messages by field name. */
export type FormErrors = Record<string, string | undefined>;
