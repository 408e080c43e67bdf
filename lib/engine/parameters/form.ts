import type { ValueRules, VisibleIf } from "@/lib/kernel/values";
import type { Manifest, Parameter } from "../template/types";
import { visibleIfOf } from "./visibility";

export type FieldWidget =
  | "text"
  | "textarea"
  | "select"
  | "radio"
  | "slider"
  | "switch"
  | "secret"
  | "git"
  | "upload"
  | "number"
  | "list"
  | "group";

export type FieldOption = { value: string | number | boolean; label: string };

/** One field of the request form; plain data, safe to send to a browser. */
export type FormField = {
  name: string;
  title: string;
  description: string;
  type: Parameter["type"];
  widget: FieldWidget;
  required: boolean;
  /** What its values are judged by, in the browser as in the plan. */
  rules: ValueRules;
  secret: boolean;
  /** Folded away under "More options". */
  advanced: boolean;
  /** With which values of other fields it is shown; always, without. */
  visibleIf?: VisibleIf;
  default?: unknown;
  options?: FieldOption[];
  min?: number;
  max?: number;
  step?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  unit?: string;
  placeholder?: string;
  help?: string;
  /** The entries of a list. */
  items?: FormField;
  /** The fields of a group. */
  fields?: FormField[];
};

export type FormPage = { title: string; description: string; fields: FormField[] };

/** The request form of a manifest: its pages and fields, in the order they are to be shown. */
export function formPages(manifest: Manifest): FormPage[] {
  return manifest.spec.parameters
    .filter((page) => Object.keys(page.properties).length > 0)
    .map((page, index) => ({
      title: page.title ?? (index === 0 ? "Settings" : `Settings ${index + 1}`),
      description: page.description ?? "",
      fields: fieldsOf(page.properties, page.required),
    }));
}

function fieldsOf(properties: Record<string, Parameter>, required: readonly string[]): FormField[] {
  const order = (parameter: Parameter) => parameter["ui:order"] ?? Number.POSITIVE_INFINITY;
  return Object.entries(properties)
    .map(([name, parameter], index) => ({ name, parameter, index }))
    .sort((a, b) => compare(order(a.parameter), order(b.parameter)) || a.index - b.index)
    .map(({ name, parameter }) => fieldOf(name, parameter, required.includes(name)));
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function fieldOf(name: string, parameter: Parameter, required: boolean): FormField {
  const optional = {
    visibleIf: visibleIfOf(parameter),
    default: parameter.default,
    options: optionsOf(parameter),
    min: parameter.minimum ?? parameter.minItems,
    max: parameter.maximum ?? parameter.maxItems,
    step: parameter.multipleOf ?? (parameter.type === "integer" ? 1 : undefined),
    minLength: parameter.minLength,
    maxLength: parameter.maxLength,
    pattern: parameter.pattern,
    format: parameter.format,
    unit: parameter["ui:unit"],
    placeholder: parameter["ui:placeholder"] ?? exampleOf(parameter),
    help: parameter["ui:help"],
    items: parameter.items ? fieldOf("", parameter.items, true) : undefined,
    fields: parameter.properties ? fieldsOf(parameter.properties, parameter.required ?? []) : undefined,
  };
  const present = Object.entries(optional).filter(([, value]) => value !== undefined);
  return {
    name,
    title: parameter.title ?? titleOf(name),
    description: parameter.description ?? "",
    type: parameter.type,
    widget: widgetOf(parameter),
    required,
    rules: rulesOf(parameter),
    secret: parameter.format === "secret",
    advanced: parameter["ui:advanced"] ?? false,
    ...Object.fromEntries(present),
  };
}

/** The part of a parameter that judges, without what is only shown. */
function rulesOf(parameter: Parameter): ValueRules {
  const { items, properties, ...own } = parameter;
  const shown = new Set(["title", "description", "examples", "enumNames"]);
  const kept = Object.entries(own).filter(
    ([key, value]) =>
      value !== undefined && !shown.has(key) && (key === "ui:widget" || !key.startsWith("ui:")),
  );
  return {
    ...(Object.fromEntries(kept) as typeof own),
    ...(items && { items: rulesOf(items) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, child]) => [name, rulesOf(child)]),
      ),
    }),
  };
}

function exampleOf({ examples = [] }: Parameter): string | undefined {
  const [first] = examples;
  return typeof first === "string" || typeof first === "number" ? `For example ${first}` : undefined;
}

function optionsOf(parameter: Parameter): FieldOption[] | undefined {
  return parameter.enum?.map((value, index) => ({
    value,
    label: parameter.enumNames?.[index] ?? String(value),
  }));
}

/** Up to this many choices are shown side by side; more go into a select. */
const radioLimit = 3;

function widgetOf(parameter: Parameter): FieldWidget {
  const asked = parameter["ui:widget"];
  if (asked) return asked;
  if (parameter.format === "secret") return "secret";
  if (parameter.enum) return parameter.enum.length <= radioLimit ? "radio" : "select";
  switch (parameter.type) {
    case "boolean":
      return "switch";
    case "integer":
    case "number":
      return "number";
    case "array":
      return "list";
    case "object":
      return "group";
    default:
      return (parameter.maxLength ?? 0) > 200 ? "textarea" : "text";
  }
}

/** "maxConnections" or "max_connections" → "Max connections". */
function titleOf(name: string): string {
  const words = name
    .replace(/_/g, " ")
    .replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
