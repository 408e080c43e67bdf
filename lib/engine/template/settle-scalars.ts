import { z } from "zod";
import { reservedNameHelp } from "@/lib/kernel/reserved-names";
import { numberLoss } from "@/lib/kernel/values";
import type { Finding } from "./check-references";
import { recordOf } from "./names";
import { manifestSchema } from "./schema";
import { parameterSchema } from "./schema-parameters";
import { isQuantityOrExpression } from "./schema-values";
import { childSchemas, spread } from "./schema-walk";
import { Written } from "./written";
import type { Path } from "./yaml-source";

/** What may stand somewhere: by the manifest's schema, by a parameter's definition, or anything. */
type Place = { schemas: readonly z.core.$ZodType[] } | { rules: unknown } | "anything";

/** What a scalar of a place becomes: its text; text where a number would lose something; a number; unknown. */
type Reading = "text" | "scalar" | "number" | "other" | "unknown";

/**
 * Decides for every unquoted number, true and false of a manifest what it is. Where the schema wants text it is the text as
 * written (`1.10`, `0755`, `True`); where it wants a number that would not arrive as written it is a finding; and where
 * no one says, a number whose digits would change is a finding too.
 */
export function settleScalars(root: unknown): { value: unknown; findings: Finding[] } {
  const findings: Finding[] = [];
  const parameters = parametersOf(root);
  const settle = (node: unknown, place: Place, path: Path): unknown => {
    if (node instanceof Written) return settleOne(node, readingOf(place), path, findings);
    if (Array.isArray(node))
      return node.map((item, index) => settle(item, childPlace(place, index, node, path), [...path, index]));
    if (node === null || typeof node !== "object") return node;
    return Object.fromEntries(
      Object.entries(node).flatMap(([key, item]): [string, unknown][] => {
        const at = [...path, key];
        if (key === "__proto__") {
          findings.push({ path: at, message: `"${key}" ${reservedNameHelp}`, atKey: true });
          return [];
        }
        const inner = isPreset(at)
          ? { rules: { type: "object", properties: parameters } }
          : childPlace(place, key, node, path);
        return [[key, settle(item, inner, at)]];
      }),
    );
  };
  return { value: settle(root, { schemas: spread(manifestSchema) }, []), findings };
}

function isPreset(path: Path): boolean {
  return path.length === 4 && path[0] === "spec" && path[1] === "presets" && path[3] === "parameters";
}

function parametersOf(root: unknown): Record<string, unknown> {
  const { parameters } = recordOf(recordOf(root).spec);
  const pages = Array.isArray(parameters) ? parameters : [parameters];
  return Object.fromEntries(pages.flatMap((page) => Object.entries(recordOf(recordOf(page).properties))));
}

function childPlace(place: Place, key: string | number, node: object, path: Path): Place {
  if (place === "anything") return place;
  if ("rules" in place) {
    const { items, properties } = recordOf(place.rules);
    if (typeof key === "number") return { rules: items };
    const inner = recordOf(properties);
    return { rules: Object.hasOwn(inner, key) ? inner[key] : undefined };
  }
  // A list is named by its own path, so only a map can be the definition of a parameter.
  if (typeof key === "string" && place.schemas.some((schema) => schema === parameterSchema)) {
    if (key === "default" || key === "const") return { rules: node };
    if (key === "enum" || key === "examples") return { rules: { type: "array", items: node } };
  }
  const schemas = childSchemas(place.schemas, key);
  if (schemas.length === 0 && typeof key === "string" && key.startsWith("x-")) return "anything";
  return path.length > 64 ? "anything" : { schemas };
}

function readingOf(place: Place): Reading {
  if (place === "anything") return "scalar";
  if ("rules" in place) {
    const { type } = recordOf(place.rules);
    if (type === "string") return "text";
    if (type === "integer" || type === "number") return "number";
    return type === undefined ? "unknown" : "other";
  }
  const { schemas } = place;
  const accepts = (is: (schema: z.core.$ZodType) => boolean) => schemas.some(is);
  if (accepts((one) => one instanceof z.ZodUnknown || one instanceof z.ZodAny)) return "unknown";
  const text = accepts((one) => one instanceof z.ZodString && !isQuantityOrExpression(one));
  const number = accepts((one) => one instanceof z.ZodNumber);
  if (text && number) return "scalar";
  // `when` is true, false or an expression: there is no text to keep.
  if (text) return accepts((one) => one instanceof z.ZodBoolean) ? "other" : "text";
  return number ? "number" : "other";
}

function settleOne({ text, value }: Written, reading: Reading, path: Path, findings: Finding[]): unknown {
  if (reading === "text") return text;
  if (reading === "scalar") return text === String(value) && !lossOf(text, value) ? value : text;
  const loss = lossOf(text, value);
  const changed = reading === "unknown" && typeof value === "number" && text !== String(value);
  if (loss || changed) findings.push({ path, message: lossMessage(text, value, reading, loss) });
  return value;
}

function lossOf(text: string, value: number | boolean) {
  return typeof value === "number" ? numberLoss(text, value) : undefined;
}

function lossMessage(
  text: string,
  value: number | boolean,
  reading: Reading,
  loss: ReturnType<typeof lossOf>,
): string {
  const read = `\`${text}\` would be read as ${value}`;
  if (reading === "unknown" || reading === "other") return `${read}; put it in quotes`;
  if (loss === "too large") return `${read}; the largest whole number is ${Number.MAX_SAFE_INTEGER}`;
  return `${read}; write ${value} if you mean that`;
}
