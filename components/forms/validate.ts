import type { FieldValue, FormErrors, FormField, FormPage, FormValue } from "./types";

/** The form's value with every default filled in. */
export function withDefaults(pages: readonly FormPage[], value: FormValue = {}): FormValue {
  const filled: FormValue = {};
  for (const field of pages.flatMap((page) => page.fields)) {
    if (field.default !== undefined) filled[field.name] = field.default as FieldValue;
  }
  return { ...filled, ...value };
}

/** What is wrong with the values, by field. The server decides in the end; this answers while one types. */
export function validateForm(pages: readonly FormPage[], value: FormValue): FormErrors {
  const errors: FormErrors = {};
  for (const field of pages.flatMap((page) => page.fields)) {
    const message = validateField(field, value[field.name]);
    if (message) errors[field.name] = message;
  }
  return errors;
}

/** The complaint about one field, or undefined. */
export function validateField(field: FormField, value: FieldValue): string | undefined {
  if (isEmpty(value)) return field.required ? `${field.title} is needed.` : undefined;
  if (field.options && !field.options.some((option) => option.value === value)) {
    return "Choose one of the list.";
  }
  switch (field.type) {
    case "integer":
    case "number":
      return checkNumber(field, value);
    case "string":
      return checkText(field, value);
    case "array":
      return checkItems(field, value);
    case "object":
      return checkGroup(field, value);
    case "boolean":
      return undefined;
  }
}

function isEmpty(value: FieldValue): boolean {
  return (
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)
  );
}

function checkNumber(field: FormField, value: FieldValue): string | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) return "Enter a number.";
  if (field.type === "integer" && !Number.isInteger(value)) return "Enter a whole number.";
  if (field.min !== undefined && value < field.min) return `At least ${field.min}${unitOf(field)}.`;
  if (field.max !== undefined && value > field.max) return `At most ${field.max}${unitOf(field)}.`;
  return undefined;
}

function checkText(field: FormField, value: FieldValue): string | undefined {
  if (typeof value !== "string") return "Enter text.";
  const { minLength, maxLength } = field;
  if (minLength !== undefined && value.length < minLength) return `At least ${minLength} characters.`;
  if (maxLength !== undefined && value.length > maxLength) return `At most ${maxLength} characters.`;
  if (field.pattern && !matches(field.pattern, value)) {
    return field.help ?? `This must match the pattern ${field.pattern}`;
  }
  return undefined;
}

function checkItems(field: FormField, value: FieldValue): string | undefined {
  if (!Array.isArray(value)) return "Enter a list.";
  if (field.min !== undefined && value.length < field.min) return `At least ${field.min} entries.`;
  if (field.max !== undefined && value.length > field.max) return `At most ${field.max} entries.`;
  const { items } = field;
  if (!items) return undefined;
  for (const [index, entry] of value.entries()) {
    const message = validateField({ ...items, title: items.title || "The entry", required: true }, entry);
    if (message) return `Entry ${index + 1}: ${message}`;
  }
  return undefined;
}

function checkGroup(field: FormField, value: FieldValue): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return "This must be a JSON object.";
  for (const inner of field.fields ?? []) {
    const message = validateField(inner, value[inner.name]);
    if (message) return `${inner.title}: ${message}`;
  }
  return undefined;
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    // A pattern this browser cannot read is left to the server, which checks again.
    return true;
  }
}

function unitOf(field: FormField): string {
  return field.unit ? ` ${field.unit}` : "";
}

/** The allowed range in words, for inside the input: "GiB, 1 to 100". */
export function rangeWords(field: FormField): string | undefined {
  if (field.type !== "integer" && field.type !== "number") return field.unit;
  const { min, max } = field;
  const range =
    min !== undefined && max !== undefined
      ? `${min} to ${max}`
      : min !== undefined
        ? `at least ${min}`
        : max !== undefined
          ? `at most ${max}`
          : undefined;
  return [field.unit, range].filter(Boolean).join(", ") || undefined;
}
