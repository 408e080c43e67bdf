import { canonicalJson } from "../canonical-json";
import { compilePattern } from "../patterns";
import { hasUserinfo } from "../userinfo";
import { hasFormat } from "./formats";
import { isExact, isMultipleOf } from "./numbers";
import {
  type Breach,
  defaultMaxItems,
  defaultMaxLength,
  isMissing,
  lengthOf,
  type ValueProblem,
  type ValueRules,
} from "./rules";

type Path = readonly (string | number)[];

export type TakenValue = { ok: true; value: unknown } | { ok: false; problems: ValueProblem[] };

export interface TakeOptions {
  required: boolean;
  /** A missing value is no problem: presets, forms being filled in. */
  partial?: boolean;
}

/**
 * One value through its rules, the only judge there is: the browser's form, the API and the plan ask here. Absent gives the
 * default, else null; null says "not set" and brings no default back. Nothing is coerced ("3" is not 3), the input stays.
 */
export function takeValue(rules: ValueRules, given: unknown, options: TakeOptions): TakenValue {
  const value = given === undefined ? structuredClone(rules.default ?? null) : given;
  if (options.required && isMissing(rules, value)) {
    if (!options.partial) return { ok: false, problems: [{ path: [], breach: { rule: "required" } }] };
    if (value === undefined || value === null) return { ok: true, value: null };
  }
  if (value === null) return { ok: true, value: null };
  const filled = withInnerDefaults(rules, value);
  const problems = judgeValue(rules, filled);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: filled };
}

/** Defaults inside an object that is there; a copy. */
function withInnerDefaults(rules: ValueRules, value: unknown): unknown {
  const { items, properties } = rules;
  if (Array.isArray(value)) return items ? value.map((item) => withInnerDefaults(items, item)) : value;
  if (!isMap(value) || !properties) return value;
  const filled = new Map(Object.entries(value));
  for (const [name, inner] of Object.entries(properties)) {
    const given = filled.get(name);
    const next = given === undefined ? structuredClone(inner.default) : given;
    if (next !== undefined) filled.set(name, withInnerDefaults(inner, next));
  }
  return Object.fromEntries(filled);
}

/** Everything a value breaks. Null inside an object means "not set". */
export function judgeValue(rules: ValueRules, value: unknown, path: Path = []): ValueProblem[] {
  const own = breachesOf(rules, value).map((breach) => ({ path, breach }));
  if (own.some(({ breach }) => breach.rule === "type")) return own;
  if (Array.isArray(value)) return [...own, ...judgeItems(rules, value, path)];
  return isMap(value) ? [...own, ...judgeProperties(rules, value, path)] : own;
}

function judgeItems({ items }: ValueRules, value: readonly unknown[], path: Path): ValueProblem[] {
  return items ? value.flatMap((item, index) => judgeValue(items, item, [...path, index])) : [];
}

function judgeProperties(rules: ValueRules, value: Record<string, unknown>, path: Path): ValueProblem[] {
  const { properties = {}, required = [], additionalProperties = false } = rules;
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(properties, name));
  const problems: ValueProblem[] = additionalProperties
    ? []
    : unknown.map((name) => ({ path: [...path, name], breach: { rule: "unknown" } }));
  for (const [name, inner] of Object.entries(properties)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (required.includes(name) && isMissing(inner, given))
      problems.push({ path: [...path, name], breach: { rule: "required" } });
    else if (given !== undefined && given !== null)
      problems.push(...judgeValue(inner, given, [...path, name]));
  }
  return problems;
}

function breachesOf(rules: ValueRules, value: unknown): Breach[] {
  if (!hasType(rules.type, value)) return [{ rule: "type", type: rules.type }];
  const breaches: Breach[] = [];
  if (rules.enum && !rules.enum.some((choice) => choice === value))
    breaches.push({ rule: "enum", choices: rules.enum });
  if (rules.const !== undefined && !isSame(rules.const, value))
    breaches.push({ rule: "const", limit: rules.const });
  if (typeof value === "number") breaches.push(...ofNumber(rules, value));
  if (typeof value === "string") breaches.push(...ofText(rules, value));
  if (Array.isArray(value)) breaches.push(...ofList(rules, value));
  return breaches;
}

function hasType(type: ValueRules["type"], value: unknown): boolean {
  switch (type) {
    case "integer":
      return typeof value === "number" && Number.isInteger(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return isMap(value);
    default:
      return typeof value === type;
  }
}

function ofNumber(rules: ValueRules, value: number): Breach[] {
  if (!isExact(value)) return [{ rule: "inexact" }];
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = rules;
  return [
    ...broken("minimum", minimum, (limit) => value < limit),
    ...broken("maximum", maximum, (limit) => value > limit),
    ...broken("exclusiveMinimum", exclusiveMinimum, (limit) => value <= limit),
    ...broken("exclusiveMaximum", exclusiveMaximum, (limit) => value >= limit),
    ...broken("multipleOf", multipleOf, (limit) => !isMultipleOf(value, limit)),
  ];
}

function ofText(rules: ValueRules, value: string): Breach[] {
  const { minLength, maxLength = defaultMaxLength, pattern, format } = rules;
  const length = lengthOf(value);
  const breaches: Breach[] = [
    ...broken("minLength", minLength, (limit) => length < limit),
    ...broken("maxLength", maxLength, (limit) => length > limit),
  ];
  if (pattern !== undefined && !compilePattern(pattern).test(value))
    breaches.push({ rule: "pattern", limit: pattern });
  if (format !== undefined && !hasFormat(format, value)) breaches.push({ rule: "format", limit: format });
  // Values are stored and shown as they are: a Git address among them holds no password.
  if (rules["ui:widget"] === "git" && hasUserinfo(value)) breaches.push({ rule: "userinfo" });
  return breaches;
}

function ofList(rules: ValueRules, value: readonly unknown[]): Breach[] {
  const { minItems, maxItems = defaultMaxItems } = rules;
  const tooMany = broken("maxItems", maxItems, (limit) => value.length > limit);
  const repeats =
    rules.uniqueItems === true &&
    tooMany.length === 0 &&
    new Set(value.map(canonicalJson)).size < value.length;
  return [
    ...broken("minItems", minItems, (limit) => value.length < limit),
    ...tooMany,
    ...(repeats ? [{ rule: "uniqueItems" } as const] : []),
  ];
}

type LimitRule = Extract<Breach, { limit: number }>["rule"];

function broken(rule: LimitRule, limit: number | undefined, isBroken: (limit: number) => boolean): Breach[] {
  return limit !== undefined && isBroken(limit) ? [{ rule, limit }] : [];
}

function isSame(left: unknown, right: unknown): boolean {
  return canonicalJson(left) === canonicalJson(right);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
