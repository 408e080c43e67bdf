import type { FieldValue, FormField, FormValue } from "@/components/forms/types";

/** The part of JSON Schema that drivers' configurations use. */
interface Property {
  type?: string;
  title?: string;
  description?: string;
  enum?: (string | number)[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Property>;
  prefixItems?: Property[];
  items?: Property | boolean;
  anyOf?: Property[];
}

const integerLimit = 9_007_199_254_740_991;
const gib = 1024 ** 3;
const bytesSuffix = "Bytes";

function propertiesOf(schema: Record<string, unknown>): [string, Property][] {
  return Object.entries((schema.properties ?? {}) as Record<string, Property>);
}

/**
 * The form fields of a driver's JSON Schema: ranges as two numbers, sizes in GiB, lists as lists, objects as groups.
 * Only what has no better form is edited as JSON. What is neither text, number nor choice is behind "Advanced".
 */
export function configFields(schema: Record<string, unknown>): FormField[] {
  const required = new Set((schema.required ?? []) as string[]);
  return propertiesOf(schema).map(([name, given]) => {
    const property = plain(given);
    const field = fieldOf(name, property);
    const simple = field.type !== "array" && field.type !== "object";
    return { ...field, required: required.has(name), advanced: !simple && !required.has(name) };
  });
}

/** The words that the form has for a configuration's keys. */
export function configTitles(schema: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(propertiesOf(schema).map(([name, { title }]) => [name, title ?? wordsOf(name)]));
}

/** A configuration, or where it says nothing the driver's defaults, as the form's value. */
export function configToForm(
  schema: Record<string, unknown>,
  config: Record<string, unknown> = {},
): FormValue {
  return Object.fromEntries(
    propertiesOf(schema).map(([name, given]) => [
      name,
      toForm(name, plain(given), config[name] ?? given.default),
    ]),
  );
}

/** The form's value as a configuration; what was left empty is left out, so that the driver's default holds. */
export function formToConfig(schema: Record<string, unknown>, value: FormValue): Record<string, unknown> {
  return Object.fromEntries(
    propertiesOf(schema).flatMap(([name, given]) => {
      const made = fromForm(name, plain(given), value[name]);
      return made === undefined ? [] : [[name, made]];
    }),
  );
}

/** Of "this or nothing" and of several kinds of text, the one that is filled in. */
function plain(property: Property): Property {
  const real = property.anyOf?.filter((one) => one.type !== "null");
  const first = real?.[0];
  if (!first || !real.every((one) => one.type === first.type)) return property;
  const { title, description } = property;
  return {
    ...first,
    ...(title && { title }),
    ...(description && { description }),
    default: property.default,
  };
}

const isRange = (property: Property) => property.type === "array" && property.prefixItems?.length === 2;
const isBytes = (name: string, property: Property) =>
  name.endsWith(bytesSuffix) && (property.type === "number" || property.type === "integer");

function fieldOf(name: string, property: Property): FormField {
  const about = {
    name,
    title: property.title ?? wordsOf(name),
    ...(property.description && { description: property.description }),
    ...(property.default !== undefined && { default: property.default }),
  };
  if (property.enum) {
    const options = property.enum.map((value) => ({ value, label: String(value) }));
    return { ...about, type: "string", widget: "select", options };
  }
  if (isRange(property)) {
    const [from = {}, to = {}] = property.prefixItems ?? [];
    const fields = [fieldOf("from", { ...from, title: "From" }), fieldOf("to", { ...to, title: "To" })];
    return { ...about, type: "object", widget: "group", fields };
  }
  if (isBytes(name, property)) {
    return { ...about, type: "number", widget: "number", unit: "GiB", min: 0, step: 0.5 };
  }
  switch (property.type) {
    case "string":
      return { ...about, type: "string", widget: "text" };
    case "boolean":
      return { ...about, type: "boolean", widget: "switch" };
    case "integer":
    case "number":
      return {
        ...about,
        type: property.type,
        widget: "number",
        ...(property.type === "number" && { step: 0.1 }),
        ...(property.minimum !== undefined && property.minimum > -integerLimit && { min: property.minimum }),
        ...(property.maximum !== undefined && property.maximum < integerLimit && { max: property.maximum }),
      };
    case "array": {
      const item = typeof property.items === "object" ? property.items : {};
      if (item.type !== "string") return { ...about, type: "array", widget: "json" };
      return { ...about, type: "array", widget: "list", items: fieldOf("item", item) };
    }
    default: {
      const inner = Object.entries(property.properties ?? {});
      if (inner.length === 0) return { ...about, type: "object", widget: "json" };
      const fields = inner.map(([key, one]) => fieldOf(key, plain(one)));
      return { ...about, type: "object", widget: "group", fields };
    }
  }
}

function toForm(name: string, property: Property, value: unknown): FieldValue {
  if (value === null || value === undefined) return undefined;
  if (isRange(property) && Array.isArray(value)) return { from: value[0], to: value[1] };
  if (isBytes(name, property)) return Number(value) / gib;
  if (property.properties) {
    const given = value as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(property.properties).map(([key, one]) => [key, toForm(key, plain(one), given[key])]),
    );
  }
  return value as FieldValue;
}

function fromForm(name: string, property: Property, value: FieldValue): unknown {
  if (value === undefined || value === null || value === "") return undefined;
  const fields = typeof value === "object" && !Array.isArray(value) ? value : undefined;
  if (isRange(property) && fields) {
    const ends = [fields.from, fields.to];
    return ends.every((one) => one === undefined || one === null) ? undefined : ends;
  }
  if (isBytes(name, property)) return typeof value === "number" ? Math.round(value * gib) : value;
  if (property.properties && fields) {
    const made = Object.entries(property.properties).flatMap(([key, one]) => {
      const inner = fromForm(key, plain(one), fields[key]);
      return inner === undefined ? [] : [[key, inner]];
    });
    return made.length > 0 ? Object.fromEntries(made) : undefined;
  }
  return value;
}

function wordsOf(name: string): string {
  const bare = name.endsWith(bytesSuffix) ? name.slice(0, -bytesSuffix.length) : name;
  if (bare === "cpu") return "CPU";
  const words = bare.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
