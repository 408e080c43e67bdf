import { compilePattern, PatternError } from "@/lib/kernel/patterns";
import type { Finding } from "../template/check-references";
import type { Manifest, Parameter, ParameterPage } from "../template/types";
import { validatorFor } from "./ajv";
import { resolveParameters } from "./resolve";

/** Checks the definitions themselves: names, bounds, patterns, and that defaults satisfy their own rules. */
export function checkParameterDefinitions(pages: readonly ParameterPage[]): Finding[] {
  const seen = new Set<string>();
  return pages.flatMap((page, index) => {
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
        ? [{ path, message: `parameter "${name}" stands on another page already`, atKey: true }]
        : [];
      seen.add(name);
      return [...taken, ...checkParameter(parameter, path)];
    });
    return [...unknown, ...properties];
  });
}

function checkParameter(parameter: Parameter, path: (string | number)[]): Finding[] {
  const findings: Finding[] = [];
  const add = (key: string, message: string) => findings.push({ path: [...path, key], message });
  const ordered = (low: "minimum" | "minLength" | "minItems", high: "maximum" | "maxLength" | "maxItems") => {
    const [min, max] = [parameter[low], parameter[high]];
    if (min !== undefined && max !== undefined && min > max)
      add(low, `${low} (${min}) must not be above ${high} (${max})`);
  };
  ordered("minimum", "maximum");
  ordered("minLength", "maxLength");
  ordered("minItems", "maxItems");
  const badPattern = parameter.pattern === undefined ? undefined : problemOfPattern(parameter.pattern);
  if (badPattern) add("pattern", badPattern);
  if (parameter.enumNames && parameter.enumNames.length !== parameter.enum?.length) {
    add("enumNames", "must have as many entries as enum");
  }
  if (parameter.type === "array" && !parameter.items)
    findings.push({ path, message: "a list needs items", atKey: true });
  if (parameter.type === "object" && !parameter.properties)
    findings.push({ path, message: "an object needs properties", atKey: true });
  if (
    parameter["ui:widget"] === "slider" &&
    (parameter.minimum === undefined || parameter.maximum === undefined)
  ) {
    add("ui:widget", "a slider needs minimum and maximum");
  }
  if (parameter.format === "secret" && parameter.default !== undefined)
    add("default", "a secret must not have a default");
  for (const [name, child] of Object.entries(parameter.properties ?? {}))
    findings.push(...checkParameter(child, [...path, "properties", name]));
  if (parameter.items) findings.push(...checkParameter(parameter.items, [...path, "items"]));
  if (findings.length === 0 && parameter.default !== undefined) {
    const message = validatorFor(parameter)(parameter.default);
    if (message) add("default", `the default ${message}`);
  }
  if (findings.length === 0) findings.push(...checkChoices(parameter, path));
  return findings;
}

/** A choice that breaks the parameter's own rules could be seen, and never be chosen. */
function checkChoices({ enum: choices, ...rules }: Parameter, path: (string | number)[]): Finding[] {
  const isValid = validatorFor(rules);
  return (choices ?? []).flatMap((choice, index) => {
    const at = [...path, "enum", index];
    if (choices?.indexOf(choice) !== index)
      return [{ path: at, message: `the choice ${JSON.stringify(choice)} stands twice` }];
    const message = isValid(choice);
    if (!message) return [];
    const hint = rules.type === "string" && typeof choice !== "string" ? "; put it in quotes" : "";
    return [{ path: at, message: `the choice ${JSON.stringify(choice)} ${message}${hint}` }];
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

/** Checks that a preset's parameters are ones that somebody could have typed; missing ones are left to the form. */
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
