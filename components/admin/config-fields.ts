import type { FormField } from "@/components/forms/types";

interface Property {
  type?: string;
  title?: string;
  description?: string;
  enum?: (string | number)[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
}

const integerLimit = 9_007_199_254_740_991;

/** The form fields of a driver's JSON Schema; what is neither text, number nor choice is edited as JSON. */
export function configFields(schema: Record<string, unknown>): FormField[] {
  const properties = (schema.properties ?? {}) as Record<string, Property>;
  const required = new Set((schema.required ?? []) as string[]);
  return Object.entries(properties).map(([name, property]) => ({
    name,
    title: property.title ?? wordsOf(name),
    ...(property.description && { description: property.description }),
    ...(property.default !== undefined && { default: property.default }),
    required: required.has(name),
    ...shapeOf(property),
  }));
}

function shapeOf(property: Property): Pick<FormField, "type" | "widget" | "options" | "min" | "max"> {
  if (property.enum) {
    const options = property.enum.map((value) => ({ value, label: String(value) }));
    return { type: "string", widget: "select", options };
  }
  switch (property.type) {
    case "string":
      return { type: "string", widget: "text" };
    case "boolean":
      return { type: "boolean", widget: "switch" };
    case "integer":
    case "number":
      return {
        type: property.type,
        widget: "number",
        ...(property.minimum !== undefined && property.minimum > -integerLimit && { min: property.minimum }),
        ...(property.maximum !== undefined && property.maximum < integerLimit && { max: property.maximum }),
      };
    default:
      return { type: property.type === "array" ? "array" : "object", widget: "json" };
  }
}

function wordsOf(name: string): string {
  const words = name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
