import type { z } from "zod";
import { composeAlternatives, unsupportedComposeKeys } from "./compose-keys";
import { manifestSchema } from "./schema";
import { keysAt } from "./schema-walk";
import { didYouMean } from "./suggest";
import type { Problem } from "./types";
import { unsupportedMessage } from "./unsupported-keys";
import type { Path, YamlSource } from "./yaml-source";

type Issue = z.core.$ZodIssue;

/** A dotted path for people: spec.components.db.ports[0]. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text ? `${text}.${String(key)}` : String(key);
  }, "");
}

/**
 * Issues with those of unions brought to the surface: when one form of a union fits the shape of what was
 * written, its own complaints say more than "none of the forms".
 */
export function flatten(issues: readonly Issue[], base: readonly PropertyKey[] = []): Issue[] {
  return issues.flatMap((issue): Issue[] => {
    const path = [...base, ...issue.path];
    if (issue.code === "invalid_union" && issue.errors) {
      const fitting = issue.errors.filter(
        (branch) => !branch.some((inner) => inner.path.length === 0 && isShape(inner)),
      );
      const [only] = fitting;
      if (fitting.length === 1 && only) return flatten(only, path);
    }
    if (issue.code === "invalid_key") {
      return issue.issues.map(
        (inner) => ({ ...inner, path, code: "custom", params: { key: true } }) as Issue,
      );
    }
    return [{ ...issue, path }];
  });
}

/** Whether the issue says that this form of a union was not meant at all. */
function isShape(issue: Issue): boolean {
  return issue.code === "invalid_type" || issue.code === "invalid_value";
}

/** Paths of the `x-*` keys that the schema stumbled over; they are free and to be ignored. */
export function extensionPaths(issues: readonly Issue[]): PropertyKey[][] {
  return flatten(issues).flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.filter((key) => key.startsWith("x-")).map((key) => [...issue.path, key])
      : [],
  );
}

/** What the schema found, as problems with lines. */
export function problemsOf(issues: readonly Issue[], source: YamlSource): Problem[] {
  return flatten(issues).flatMap((issue) => problemsOfIssue(issue, source));
}

function problemsOfIssue(issue: Issue, source: YamlSource): Problem[] {
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, source));
  const missing = issue.input === undefined && valueAt(source.value, path) === undefined;
  if (
    missing &&
    (issue.code === "invalid_type" || issue.code === "invalid_value" || issue.code === "invalid_union")
  ) {
    const key = String(path.at(-1) ?? "manifest");
    const allowed = issue.code === "invalid_value" ? issue.values.map(String) : undefined;
    const message = `"${key}" is required${allowed?.length === 1 ? `; write ${key}: ${allowed[0]}` : ""}`;
    return [
      {
        path: formatPath(path),
        ...source.locateKey(path.slice(0, -1)),
        message,
        ...(allowed ? { allowed } : {}),
      },
    ];
  }
  const params = issue.code === "custom" ? issue.params : undefined;
  const atKey = params?.key === true;
  const allowed =
    issue.code === "invalid_value" ? issue.values.map(String) : (params?.allowed as string[] | undefined);
  const place = atKey || isMapAt(source.value, path) ? source.locateKey(path) : source.locate(path);
  const prefix = atKey ? `"${String(path.at(-1))}" is not a valid name: ` : "";
  const message = prefix + messageOf(issue, valueAt(source.value, path));
  return [{ path: formatPath(path), ...place, message, ...(allowed ? { allowed } : {}) }];
}

function unknownKey(path: Path, key: string, source: YamlSource): Problem {
  const allowed = keysAt(manifestSchema, path);
  const inContainer = path.length === 4 && path[1] === "components" && path[3] === "container";
  const alternative = Object.hasOwn(composeAlternatives, key) ? `; ${composeAlternatives[key]}` : "";
  const message =
    inContainer && unsupportedComposeKeys.has(key)
      ? `"${key}" is a Compose key that Rostrum does not support${alternative}`
      : `unknown key "${key}"${didYouMean(key, allowed)}`;
  const fullPath = [...path, key];
  const unsupported = unsupportedMessage(fullPath);
  if (unsupported)
    return { path: formatPath(fullPath), ...source.locateKey(fullPath), message: unsupported, allowed };
  return { path: formatPath(fullPath), ...source.locateKey(fullPath), message, allowed };
}

const typeWords: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
  null: "nothing",
  undefined: "nothing",
};

function word(type: string): string {
  return typeWords[type] ?? type;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  return word(Array.isArray(value) ? "array" : typeof value);
}

function messageOf(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case "invalid_type": {
      const isDefault = issue.message.startsWith("Invalid input");
      return isDefault ? `expected ${word(issue.expected)}, not ${kindOf(value)}` : issue.message;
    }
    case "invalid_value": {
      const values = issue.values.map(String);
      const given = typeof value === "string" ? didYouMean(value, values) : "";
      return `expected ${values.length === 1 ? values[0] : `one of ${values.join(", ")}`}${given}`;
    }
    case "too_small":
      return issue.message.startsWith("Too small") ? `must be at least ${issue.minimum}` : issue.message;
    case "too_big":
      return issue.message.startsWith("Too big") ? `must be at most ${issue.maximum}` : issue.message;
    case "invalid_union":
      return issue.message === "Invalid input" ? `can’t be ${kindOf(value)} here` : issue.message;
    default:
      return issue.message;
  }
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      value !== null && typeof value === "object" ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );
}

function isMapAt(root: unknown, path: readonly PropertyKey[]): boolean {
  const value = valueAt(root, path);
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
