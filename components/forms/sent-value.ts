import type { ValueRules } from "@/lib/kernel/values";
import type { FieldValue, FormField, SentValue } from "./types";

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
    // A group without known fields is edited as JSON, whose keys no one lists.
    ...(field.type === "object" && !field.fields?.length && { additionalProperties: true }),
  };
}

/**
 * A field's value as it is sent: what was cleared is null, which says "not set" and brings no default back. An empty text
 * stays one only where it was allowed by name (minLength: 0, or a choice of that value).
 */
export function sentValue(rules: ValueRules, value: FieldValue): SentValue {
  if (value === undefined || value === null) return null;
  if (value === "") return rules.minLength === 0 || rules.enum?.includes("") ? value : null;
  const { items, properties } = rules;
  if (Array.isArray(value)) return items ? value.map((item) => sentItem(items, item)) : asSent(value);
  if (typeof value !== "object" || !properties) return asSent(value);
  return sentEntries(value, (name, inner) =>
    Object.hasOwn(properties, name) && properties[name]
      ? sentValue(properties[name], inner)
      : inner === undefined
        ? undefined
        : asSent(inner),
  );
}

/** An entry of a list is there or not; an empty one is no entry that was cleared. */
function sentItem(rules: ValueRules, value: FieldValue): SentValue {
  return value === "" ? value : sentValue(rules, value);
}

/** A value that no rule speaks of, as JSON writes it. */
function asSent(value: FieldValue): SentValue {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map(asSent);
  if (typeof value !== "object") return value;
  return sentEntries(value, (_, inner) => (inner === undefined ? undefined : asSent(inner)));
}

function sentEntries(
  value: { [key: string]: FieldValue },
  sent: (name: string, inner: FieldValue) => SentValue | undefined,
): { [key: string]: SentValue } {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const entry = sent(name, inner);
      return entry === undefined ? [] : [[name, entry] as const];
    }),
  );
}
