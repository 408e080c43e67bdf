import type { Finding } from "../template/check-references";
import type { Parameter } from "../template/types";

type Type = Parameter["type"];
const numbers: readonly Type[] = ["integer", "number"];

/** The types a keyword does anything for; with every other type it would be a key that nothing acts on. */
const typesOf: Readonly<Partial<Record<keyof Parameter, readonly Type[]>>> = {
  enum: ["string", ...numbers, "boolean"],
  minimum: numbers,
  maximum: numbers,
  exclusiveMinimum: numbers,
  exclusiveMaximum: numbers,
  multipleOf: numbers,
  minLength: ["string"],
  maxLength: ["string"],
  pattern: ["string"],
  format: ["string"],
  items: ["array"],
  minItems: ["array"],
  maxItems: ["array"],
  uniqueItems: ["array"],
  properties: ["object"],
  required: ["object"],
  additionalProperties: ["object"],
};

const widgetTypes: Readonly<Record<NonNullable<Parameter["ui:widget"]>, readonly Type[]>> = {
  text: ["string"],
  textarea: ["string"],
  secret: ["string"],
  git: ["string"],
  upload: ["string"],
  select: ["string", ...numbers, "boolean"],
  radio: ["string", ...numbers, "boolean"],
  slider: numbers,
  switch: ["boolean"],
};

/** Checks that the keywords of one parameter fit its type and each other. */
export function checkKeywords(parameter: Parameter, path: (string | number)[]): Finding[] {
  const findings: Finding[] = [];
  const add = (key: string, message: string) => findings.push({ path: [...path, key], message });
  const { type } = parameter;
  for (const [key, types] of Object.entries(typesOf)) {
    if (parameter[key as keyof Parameter] !== undefined && !types.includes(type))
      add(key, `${key} has no effect for type ${type}; use it with ${types.join(", ")}`);
  }
  const ordered = (low: "minimum" | "minLength" | "minItems", high: "maximum" | "maxLength" | "maxItems") => {
    const [min, max] = [parameter[low], parameter[high]];
    if (min !== undefined && max !== undefined && min > max)
      add(low, `${low} (${min}) must not be greater than ${high} (${max})`);
  };
  ordered("minimum", "maximum");
  ordered("minLength", "maxLength");
  ordered("minItems", "maxItems");
  if (parameter.enumNames && parameter.enumNames.length !== parameter.enum?.length)
    add("enumNames", "must have as many entries as enum");
  if (type === "array" && !parameter.items)
    findings.push({ path, message: "a list requires items", atKey: true });
  if (type === "object" && !parameter.properties)
    findings.push({ path, message: "an object requires properties", atKey: true });
  findings.push(...checkWidget(parameter, path));
  return findings;
}

function checkWidget(parameter: Parameter, path: (string | number)[]): Finding[] {
  const widget = parameter["ui:widget"];
  if (widget === undefined) return [];
  const at = [...path, "ui:widget"];
  const types = widgetTypes[widget];
  if (!types.includes(parameter.type))
    return [
      {
        path: at,
        message: `${widget} doesn’t support type ${parameter.type}`,
        allowed: widgetsFor(parameter),
      },
    ];
  if (widget === "slider" && (parameter.minimum === undefined || parameter.maximum === undefined))
    return [{ path: at, message: "a slider requires minimum and maximum" }];
  if ((widget === "select" || widget === "radio") && !parameter.enum)
    return [{ path: at, message: `a ${widget} requires enum` }];
  return [];
}

function widgetsFor({ type }: Parameter): string[] {
  return Object.entries(widgetTypes).flatMap(([widget, types]) => (types.includes(type) ? [widget] : []));
}
