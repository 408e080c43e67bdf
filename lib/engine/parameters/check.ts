import { compilePattern, PatternError } from "@/lib/kernel/patterns";
import { takeValue } from "@/lib/kernel/values";
import type { Finding } from "../template/check-references";
import type { Manifest, Parameter, ParameterPage } from "../template/types";
import { checkKeywords } from "./check-keywords";
import { checkVisibility } from "./check-visibility";
import { resolveParameters } from "./resolve";
import { breachMessage } from "./words";

/** Checks the definitions themselves: names, bounds, patterns, and that defaults satisfy their own rules. */
export function checkParameterDefinitions(pages: readonly ParameterPage[]): Finding[] {
  const seen = new Set<string>();
  const own = pages.flatMap((page, index) => {
    // A single page may be written without a list; lines are looked up by both paths.
    const base = ["spec", "parameters", ...(pages.length === 1 ? [] : [index])];
    const unknown = page.required
      .filter((name) => !Object.hasOwn(page.properties, name))
      .map((name) => ({
        path: [...base, "required"],
        message: `"${name}" is required but is not one of the properties`,
      }));
    const properties = Object.entries(page.properties).flatMap(([name, parameter]) => {
      const path = [...base, "properties", name];
      const taken = seen.has(name)
        ? [{ path, message: `duplicate parameter "${name}" (already on another page)`, atKey: true }]
        : [];
      seen.add(name);
      return [
        ...taken,
        ...checkParameter(parameter, path, { required: page.required.includes(name), top: true }),
      ];
    });
    return [...unknown, ...properties];
  });
  // Conditions are judged by the rules of what they name: those come first.
  return own.length > 0 ? own : checkVisibility(pages);
}

interface Standing {
  /** Whether a request must give it. */
  required: boolean;
  /** Whether it is a parameter of its own, and no part of one. */
  top: boolean;
}

function checkParameter(parameter: Parameter, path: (string | number)[], standing: Standing): Finding[] {
  const findings: Finding[] = checkKeywords(parameter, path);
  const add = (key: string, message: string) => findings.push({ path: [...path, key], message });
  const badPattern = parameter.pattern === undefined ? undefined : problemOfPattern(parameter.pattern);
  if (badPattern) add("pattern", badPattern);
  if (parameter.format === "secret" && parameter.default !== undefined)
    add("default", "a secret must not have a default");
  if (parameter.format === "secret" && !standing.top)
    add("format", "a secret inside an object or a list is not supported yet; use a separate parameter");
  const { properties = {}, required = [] } = parameter;
  for (const name of required)
    if (parameter.type === "object" && !Object.hasOwn(properties, name))
      add("required", `"${name}" is required but is not one of the properties`);
  for (const [name, child] of Object.entries(properties)) {
    const inner = { required: required.includes(name), top: false };
    findings.push(...checkParameter(child, [...path, "properties", name], inner));
  }
  if (parameter.items)
    findings.push(...checkParameter(parameter.items, [...path, "items"], { required: false, top: false }));
  if (findings.length === 0) findings.push(...checkChoices(parameter, path));
  if (findings.length === 0) findings.push(...checkOwnValues(parameter, path, standing));
  return findings;
}

/** What a template itself puts in must be what a person could have typed. */
function checkOwnValues(parameter: Parameter, path: (string | number)[], standing: Standing): Finding[] {
  const { default: preset, const: fixed, examples = [], ...rules } = parameter;
  const isValid = validatorFor({ ...rules, const: fixed }, standing.required);
  const judged: [(string | number)[], string, unknown][] = [
    ...(preset === undefined ? [] : [[["default"], "the default", preset] as [string[], string, unknown]]),
    ...examples.map((one, index): [(string | number)[], string, unknown] => [
      ["examples", index],
      `the example ${JSON.stringify(one)}`,
      one,
    ]),
  ];
  const findings = judged.flatMap(([at, what, value]) => {
    const message = isValid(value);
    return message ? [{ path: [...path, ...at], message: `${what}${message}` }] : [];
  });
  if (fixed === undefined) return findings;
  const message = validatorFor(rules, standing.required)(fixed);
  return message ? [...findings, { path: [...path, "const"], message: `the constant${message}` }] : findings;
}

/** Judges one value by one parameter's rules: answers what is wrong, as what follows its name, or undefined. */
function validatorFor(rules: Parameter, required = false): (value: unknown) => string | undefined {
  return (value) => {
    if (value === null) return " must not be null";
    const taken = takeValue(rules, value, { required });
    const [first] = taken.ok ? [] : taken.problems;
    if (!first) return undefined;
    const inside = first.path.length > 0 ? `, in ${first.path.join(".")},` : "";
    return first.breach.rule === "required" && inside === ""
      ? " must not be empty, because the parameter is required"
      : `${inside} ${breachMessage(first.breach)}`;
  };
}

/** A choice that breaks the parameter's own rules could be seen, and never be chosen. */
function checkChoices({ enum: choices, ...rules }: Parameter, path: (string | number)[]): Finding[] {
  const isValid = validatorFor(rules);
  return (choices ?? []).flatMap((choice, index) => {
    const at = [...path, "enum", index];
    if (choices?.indexOf(choice) !== index)
      return [{ path: at, message: `duplicate choice ${JSON.stringify(choice)}` }];
    const message = isValid(choice);
    return message ? [{ path: at, message: `the choice ${JSON.stringify(choice)}${message}` }] : [];
  });
}

function problemOfPattern(pattern: string): string | undefined {
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
}

/** Checks that a preset's parameters are ones that someone could have typed; missing ones are left to the form. */
export function checkPreset(manifest: Manifest, index: number): Finding[] {
  const preset = manifest.spec.presets[index];
  if (!preset) return [];
  const result = resolveParameters(manifest, preset.parameters, { partial: true });
  if (result.ok) return [];
  return result.problems.map(({ parameter, message }) => ({
    path: ["spec", "presets", index, "parameters", ...(parameter ? parameter.split(".") : [])],
    message,
  }));
}
