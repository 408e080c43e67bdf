/** The keywords of JSON Schema that a value of a parameter is judged by. Plain data, the same in browser and server. */
export interface ValueRules {
  type: "string" | "integer" | "number" | "boolean" | "array" | "object";
  default?: unknown;
  enum?: readonly (string | number | boolean)[] | undefined;
  const?: unknown;
  minimum?: number | undefined;
  maximum?: number | undefined;
  exclusiveMinimum?: number | undefined;
  exclusiveMaximum?: number | undefined;
  multipleOf?: number | undefined;
  minLength?: number | undefined;
  maxLength?: number | undefined;
  pattern?: string | undefined;
  format?: string | undefined;
  minItems?: number | undefined;
  maxItems?: number | undefined;
  uniqueItems?: boolean | undefined;
  required?: readonly string[] | undefined;
  additionalProperties?: boolean | undefined;
  items?: ValueRules | undefined;
  properties?: Readonly<Record<string, ValueRules>> | undefined;
  "ui:widget"?: string | undefined;
}

/** What a value breaks: a keyword with its limit, or what JSON Schema has no word for. */
export type Breach =
  | { rule: "type"; type: ValueRules["type"] }
  | { rule: "enum"; choices: readonly unknown[] }
  | { rule: "const" | "pattern" | "format"; limit: unknown }
  | {
      rule:
        | "minimum"
        | "maximum"
        | "exclusiveMinimum"
        | "exclusiveMaximum"
        | "multipleOf"
        | "minLength"
        | "maxLength"
        | "minItems"
        | "maxItems";
      limit: number;
    }
  | { rule: "required" | "uniqueItems" | "unknown" | "inexact" | "userinfo" };

/** One thing wrong with a value, and where in it. */
export interface ValueProblem {
  path: readonly (string | number)[];
  breach: Breach;
}

/** Where a template sets no bound, so that no request makes a judge compare a million entries with each other. */
export const defaultMaxItems = 1_000;
export const defaultMaxLength = 64 * 1024;

/** Characters as JSON Schema counts them: code points, so that an emoji of one is one. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** Whether a value that must be there counts as missing: a required text is not blank, unless blank is explicitly allowed. */
export function isMissing(rules: ValueRules, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (rules.type !== "string" || typeof value !== "string" || value.trim() !== "") return false;
  return rules.minLength !== 0 && !rules.enum?.includes(value) && rules.const !== value;
}
