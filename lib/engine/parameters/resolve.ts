import type { ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import { hasUserinfo, noUserinfo } from "@/lib/kernel/userinfo";
import type { Manifest, Parameter } from "../template/types";
import { compileSchema, errorMessage, unknownMessage } from "./ajv";

/** What is wrong with one parameter; `parameter` is dotted for values inside it ("" for the whole input). */
export type ParameterProblem = { parameter: string; message: string };

export type ResolvedParameters =
  | { ok: true; value: Record<string, unknown> }
  | { ok: false; problems: ParameterProblem[] };

export type CompiledParameters = {
  names: string[];
  /** Names whose values are secret: of format secret, or with such a value anywhere inside. */
  secrets: string[];
  resolve(input: unknown, options?: { partial?: boolean }): ResolvedParameters;
};

const compiled = new WeakMap<Manifest, CompiledParameters>();

/** The validator of a manifest's parameters; compiled once per manifest object. */
export function compileParameters(manifest: Manifest): CompiledParameters {
  const cached = compiled.get(manifest);
  if (cached) return cached;
  const fresh = compile(manifest);
  compiled.set(manifest, fresh);
  return fresh;
}

function compile(manifest: Manifest): CompiledParameters {
  const properties: Record<string, Parameter> = Object.fromEntries(
    manifest.spec.parameters.flatMap((page) => Object.entries(page.properties)),
  );
  const required = manifest.spec.parameters.flatMap((page) => page.required);
  const names = Object.keys(properties);
  const schema = { type: "object", properties: closed(properties), additionalProperties: false };
  const full = lazily(() => compileSchema({ ...schema, required }));
  const partial = lazily(() => compileSchema(schema));
  return {
    names,
    secrets: names.filter((name) => holdsSecret(properties[name])),
    resolve: (input, options) => {
      const resolved = resolve(input, names, options?.partial ? partial() : full());
      const problems = resolved.ok ? gitProblems(properties, resolved.value) : [];
      return problems.length > 0 ? { ok: false, problems } : resolved;
    },
  };
}

/** A list or an object with a secret inside is sealed as a whole: what is stored and shown in clear holds no part of it. */
function holdsSecret(parameter: Parameter | undefined): boolean {
  if (!parameter) return false;
  if (parameter.format === "secret" || parameter["ui:widget"] === "secret") return true;
  return [parameter.items, ...Object.values(parameter.properties ?? {})].some(holdsSecret);
}

/** Parameters are stored and shown as they are: a Git address among them holds no password. */
function gitProblems(
  properties: Record<string, Parameter>,
  value: Record<string, unknown>,
): ParameterProblem[] {
  return Object.entries(properties)
    .filter(([name, parameter]) => {
      const given = value[name];
      return parameter["ui:widget"] === "git" && typeof given === "string" && hasUserinfo(given);
    })
    .map(([parameter]) => ({ parameter, message: noUserinfo }));
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Where a template sets no bound, so that no request makes a validator compare a million entries with each other. */
const defaultMaxItems = 1_000;
const defaultMaxLength = 64 * 1024;

/** Objects inside parameters are closed too, unless they say otherwise; lists and texts end somewhere. */
function closed(properties: Record<string, Parameter>): Record<string, Parameter> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, parameter]) => [name, closedOne(parameter)]),
  );
}

function closedOne(parameter: Parameter): Parameter {
  const copy: Parameter = { ...parameter };
  if (copy.properties) {
    copy.properties = closed(copy.properties);
    copy.additionalProperties ??= false;
  }
  if (copy.type === "string") copy.maxLength ??= defaultMaxLength;
  if (copy.type === "array") copy.maxItems ??= defaultMaxItems;
  if (copy.items) copy.items = closedOne(copy.items);
  return copy;
}

function resolve(input: unknown, names: readonly string[], validate: ValidateFunction): ResolvedParameters {
  if (input === null || typeof input !== "object" || Array.isArray(input)) {
    return { ok: false, problems: [{ parameter: "", message: "expected a map of parameters" }] };
  }
  // null means "not given", so that what was resolved once can be resolved again.
  const given = Object.entries(input).filter(([, value]) => value !== null && value !== undefined);
  const value: Record<string, unknown> = Object.fromEntries(structuredClone(given));
  if (!validate(value)) {
    return { ok: false, problems: (validate.errors ?? []).map((error) => problemOf(error, names)) };
  }
  return { ok: true, value: Object.fromEntries(names.map((name) => [name, value[name] ?? null])) };
}

function problemOf(error: ErrorObject, names: readonly string[]): ParameterProblem {
  const path = error.instancePath
    .split("/")
    .slice(1)
    .map((key) => key.replace(/~1/g, "/").replace(/~0/g, "~"));
  if (error.keyword === "additionalProperties") {
    const name = String(error.params.additionalProperty);
    const message = path.length === 0 ? unknownMessage(name, names) : `there is no "${name}" here`;
    return { parameter: [...path, name].join("."), message };
  }
  if (error.keyword === "required") path.push(String(error.params.missingProperty));
  return { parameter: path.join("."), message: errorMessage(error) };
}

/**
 * Checks a person's input against a manifest's parameters. The value has every parameter: what was given,
 * else its default, else null. Unknown parameters are problems; nothing is coerced ("3" is not 3).
 * With `partial`, required parameters may be missing (presets, forms being filled in).
 */
export function resolveParameters(
  manifest: Manifest,
  input: unknown,
  options?: { partial?: boolean },
): ResolvedParameters {
  return compileParameters(manifest).resolve(input, options);
}
