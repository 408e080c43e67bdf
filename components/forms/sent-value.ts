import type { ValueRules } from "@/lib/kernel/values";
import type { FieldValue, FormField } from "./types";

/** The rules of a field: those of its template, else what the field says of itself. */
export function rulesOf(field: FormField): ValueRules {
  if (field.rules) return field.rules;
  const bounds =
    field.type === "array"
      ? { minItems: field.min, maxItems: field.max }
      : { minimum: field.min, maximum: field.max };
  return {
    type: field.type,
    ...bounds,
    minLength: field.minLength,
    maxLength: field.maxLength,
    pattern: field.pattern,
    ...(field.options && { enum: field.options.map((option) => option.value) }),
    ...(field.items && { items: rulesOf(field.items) }),
    ...(field.fields && {
      properties: Object.fromEntries(field.fields.map((inner) => [inner.name, rulesOf(inner)])),
      required: field.fields.flatMap((inner) => (inner.required ? [inner.name] : [])),
    }),
    // A group without known fields is edited as JSON, whose keys nobody lists.
    ...(field.type === "object" && !field.fields?.length && { additionalProperties: true }),
  };
}

/**
 * A field's value as it is sent: what was cleared is null, which says "not set" and brings no default back. An empty text
 * stays one only where it was allowed by name (minLength: 0, or a choice of that value).
 */
export function sentValue(rules: ValueRules, value: FieldValue): FieldValue {
  if (value === undefined || value === null) return null;
  if (value === "") return rules.minLength === 0 || rules.enum?.includes("") ? value : null;
  const { items, properties } = rules;
  if (Array.isArray(value)) return items ? value.map((item) => sentItem(items, item)) : value;
  if (typeof value !== "object" || !properties) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      Object.hasOwn(properties, name) && properties[name] ? sentValue(properties[name], inner) : inner,
    ]),
  );
}

/** An entry of a list is there or not; an empty one is no entry that was cleared. */
function sentItem(rules: ValueRules, value: FieldValue): FieldValue {
  return value === "" || value === undefined ? value : sentValue(rules, value);
}
