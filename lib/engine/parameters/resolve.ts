import { noUserinfo } from "@/lib/kernel/userinfo";
import { takeValue, type ValueProblem, visibleNames } from "@/lib/kernel/values";
import type { Manifest, Parameter } from "../template/types";
import { visibleIfOf } from "./visibility";
import { breachMessage, unknownMessage } from "./words";

/** What is wrong with one parameter; `parameter` is dotted for values inside it ("" for the whole input). */
export type ParameterProblem = { parameter: string; message: string };

export type ResolvedParameters =
  | { ok: true; value: Record<string, unknown> }
  | { ok: false; problems: ParameterProblem[] };

export type CompiledParameters = {
  names: string[];
  /** Names whose values are secret: of format secret, or with such a value anywhere inside. */
  secrets: string[];
  /** The parameter of a name; undefined where there is none. */
  find(name: string): Parameter | undefined;
  isRequired(name: string): boolean;
  resolve(input: unknown, options?: { partial?: boolean }): ResolvedParameters;
};

const compiled = new WeakMap<Manifest, CompiledParameters>();

/** The parameters of a manifest, ready to be asked; collected once per manifest object. */
export function compileParameters(manifest: Manifest): CompiledParameters {
  const cached = compiled.get(manifest);
  if (cached) return cached;
  const fresh = compile(manifest);
  compiled.set(manifest, fresh);
  return fresh;
}

function compile(manifest: Manifest): CompiledParameters {
  const parameters = new Map(manifest.spec.parameters.flatMap((page) => Object.entries(page.properties)));
  const required = new Set(manifest.spec.parameters.flatMap((page) => page.required));
  const names = [...parameters.keys()];
  return {
    names,
    secrets: names.filter((name) => holdsSecret(parameters.get(name))),
    find: (name) => parameters.get(name),
    isRequired: (name) => required.has(name),
    resolve: (input, options) => resolve(input, parameters, required, options?.partial ?? false),
  };
}

/** A list or an object with a secret inside is sealed as a whole: what is stored and shown in clear holds no part of it. */
function holdsSecret(parameter: Parameter | undefined): boolean {
  if (!parameter) return false;
  if (parameter.format === "secret" || parameter["ui:widget"] === "secret") return true;
  return [parameter.items, ...Object.values(parameter.properties ?? {})].some(holdsSecret);
}

function resolve(
  input: unknown,
  parameters: ReadonlyMap<string, Parameter>,
  required: ReadonlySet<string>,
  partial: boolean,
): ResolvedParameters {
  if (input === null || typeof input !== "object" || Array.isArray(input)) {
    return { ok: false, problems: [{ parameter: "", message: "expected a map of parameters" }] };
  }
  const given = new Map(Object.entries(input));
  const names = [...parameters.keys()];
  const problems: ParameterProblem[] = [...given.keys()]
    .filter((name) => !parameters.has(name))
    .map((name) => ({ parameter: name, message: unknownMessage(name, names) }));
  const visible = visibleOf(parameters, given);
  const values: [string, unknown][] = [];
  for (const [name, parameter] of parameters) {
    const taken = visible.has(name)
      ? takeValue(parameter, given.get(name), { required: required.has(name), partial })
      : takeValue(parameter, undefined, { required: false });
    if (taken.ok) values.push([name, taken.value]);
    else problems.push(...taken.problems.map((problem) => problemOf(name, problem)));
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: Object.fromEntries(values) };
}

/** The parameters that are asked for with these values. */
function visibleOf(
  parameters: ReadonlyMap<string, Parameter>,
  given: ReadonlyMap<string, unknown>,
): ReadonlySet<string> {
  const conditions = new Map([...parameters].map(([name, parameter]) => [name, visibleIfOf(parameter)]));
  return visibleNames(conditions, (name) => {
    const value = given.get(name);
    return value === undefined ? parameters.get(name)?.default : value;
  });
}

function problemOf(name: string, { path, breach }: ValueProblem): ParameterProblem {
  const parameter = [name, ...path].join(".");
  if (breach.rule === "unknown") return { parameter, message: `there is no "${path.at(-1)}" here` };
  if (breach.rule === "userinfo") return { parameter, message: noUserinfo };
  return { parameter, message: breachMessage(breach) };
}

/**
 * Checks a person's input against a manifest's parameters. The value has every parameter: what was given, else its default,
 * else null. Given as null a parameter is not set, and its default stays away. Unknown parameters are problems; nothing is
 * coerced ("3" is not 3). With `partial`, required parameters may be missing (presets, forms being filled in). Parameters
 * whose condition (`ui:visibleIf`) doesn't hold have their default, whatever was given, and none is missing.
 */
export function resolveParameters(
  manifest: Manifest,
  input: unknown,
  options?: { partial?: boolean },
): ResolvedParameters {
  return compileParameters(manifest).resolve(input, options);
}
