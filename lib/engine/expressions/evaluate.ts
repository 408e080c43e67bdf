import { joinProtected, type TextPiece } from "@/lib/kernel/placeholders";
import { plainValue, textOf } from "./environment";
import { ExpressionError } from "./errors";
import { checkTextLength, metered } from "./limits";
import { celError, type Expression, escapePointer, parseTemplateString } from "./parse";
import { formatReference, type Reference } from "./references";
import { guarded, isUnknown, type Reads, Sensitive, sensitive, UNKNOWN, UnknownRead } from "./values";

/**
 * What expressions may read, by first name: parameters, secrets, components, self, environment, size, outputs.
 * Plain data; UNKNOWN and `sensitive(…)` may stand anywhere in it. All of `secrets` is sensitive by itself.
 */
export type Scope = Readonly<Record<string, unknown>>;

export type Known = { known: true; value: unknown; secret: boolean };
/** `because` names the references whose values are not known yet. */
export type NotKnown = { known: false; secret: boolean; because: string[] };
export type Evaluated = Known | NotKnown;

/** How values are put into a text. `placeholders`: the text is filled in later, and what a value brings must not be. */
export interface Writing {
  placeholders: boolean;
}

/**
 * The value of a text with expressions. A text that is exactly one expression keeps its type; otherwise the
 * values are written into the text. Unknown input gives an unknown result unless it does not matter
 * (`true || unknown`).
 * @throws ExpressionError when an expression fails, for example on a key that does not exist.
 */
export function evaluate(text: string, scope: Scope, writing?: Writing): Evaluated {
  const { source, parts, whole } = parseTemplateString(text);
  if (whole) {
    const result = evaluateExpression(whole, source, scope);
    return writing?.placeholders && result.known
      ? { ...result, value: protectedValue(result.value) }
      : result;
  }
  const pieces: TextPiece[] = [];
  let written = 0;
  let secret = false;
  const because: string[] = [];
  let known = true;
  for (const part of parts) {
    if (typeof part === "string") {
      pieces.push({ text: part, isValue: false });
      written += part.length;
      continue;
    }
    const result = evaluateExpression(part, source, scope);
    secret ||= result.secret;
    if (result.known) {
      const value = writtenValue(part, source, result.value);
      pieces.push({ text: value, isValue: true });
      written += value.length;
      checkWritten(written, source, part.offset);
    } else {
      known = false;
      because.push(...result.because);
    }
  }
  if (!known) return { known, secret, because };
  const value = writing?.placeholders ? joinProtected(pieces) : pieces.map((piece) => piece.text).join("");
  return { known, value, secret };
}

/** A value of which no part is filled in later. */
function protectedValue(value: unknown): unknown {
  if (typeof value === "string") return joinProtected([{ text: value, isValue: true }]);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(protectedValue);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, protectedValue(item)]));
}

function checkWritten(written: number, source: string, offset: number): void {
  try {
    checkTextLength(written);
  } catch (error) {
    throw celError(error, source, offset);
  }
}

function writtenValue(part: Expression, source: string, value: unknown): string {
  try {
    return textOf(value);
  } catch (error) {
    throw celError(error, source, part.offset);
  }
}

function evaluateExpression(expression: Expression, source: string, scope: Scope): Evaluated {
  let secret = false;
  let plain = true;
  let last: unknown;
  for (const reference of expression.references) {
    const found = look(reference, scope);
    if (reference.root === "secrets") secret = true;
    last = found;
    if (reference.dynamic || (typeof found === "object" && found !== null) || isUnknown(found)) plain = false;
  }
  if (expression.isReference) {
    const direct = evaluateReference(expression, last, secret);
    if (direct) return direct;
  }
  if (!plain) return evaluateGuarded(expression, source, scope, secret);
  try {
    return { known: true, value: plainValue(metered(() => expression.run(scope))), secret };
  } catch (error) {
    throw celError(error, source, expression.offset);
  }
}

/** The short way for the commonest expression, a single path to a scalar; undefined when it is anything else. */
function evaluateReference(expression: Expression, found: unknown, secret: boolean): Evaluated | undefined {
  const isSecret = secret || found instanceof Sensitive;
  const value = found instanceof Sensitive ? found.value : found;
  if (isUnknown(value))
    return { known: false, secret: isSecret, because: expression.references.map(formatReference) };
  const isScalar = value !== undefined && (typeof value !== "object" || value === null);
  return isScalar ? { known: true, value, secret: isSecret } : undefined;
}

/** The value at a reference; UNKNOWN as soon as the way leads through it, Sensitive if it leads through that. */
function look(reference: Reference, scope: Scope): unknown {
  let value: unknown = Object.hasOwn(scope, reference.root) ? scope[reference.root] : undefined;
  let secret = false;
  for (const key of reference.path) {
    if (value instanceof Sensitive) [value, secret] = [value.value, true];
    if (isUnknown(value)) break;
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) {
      return secret ? sensitive(undefined) : undefined;
    }
    value = (value as Record<string | number, unknown>)[key];
  }
  return secret ? sensitive(value) : value;
}

/** The slow way, for expressions that meet lists, maps, unknown or secret values: every read is watched. */
function evaluateGuarded(expression: Expression, source: string, scope: Scope, secret: boolean): Evaluated {
  const reads: Reads = { secret, unknown: false };
  try {
    const value = plainValue(metered(() => expression.run(guarded(scope, reads))));
    return { known: true, value, secret: reads.secret };
  } catch (error) {
    // CEL may have wrapped what the guard threw, so the note counts and not the type of the error.
    if (error instanceof UnknownRead || reads.unknown) {
      return { known: false, secret: reads.secret, because: unknownAmong(expression, scope) };
    }
    throw celError(error, source, expression.offset);
  }
}

function unknownAmong(expression: Expression, scope: Scope): string[] {
  const unknown = expression.references.filter((reference) => {
    const found = look(reference, scope);
    return isUnknown(found instanceof Sensitive ? found.value : found);
  });
  return (unknown.length > 0 ? unknown : expression.references).map(formatReference);
}

/** A value with every expression in it evaluated; paths are JSON pointers into it. */
export type DeepResult<T = unknown> = {
  /** Like the input, with UNKNOWN where a value is not known yet. */
  value: T;
  unknownPaths: string[];
  /** Where a secret went into the value, known or not: not to be shown, logged or stored unencrypted. */
  secretPaths: string[];
};

/**
 * Evaluates every text in a value, at any depth; keys are left alone.
 * @param writingAt how values are put into the text at a JSON pointer; as they are when absent
 * @throws ExpressionError whose `path` is the JSON pointer of the text that failed.
 */
export function evaluateDeep<T>(
  value: T,
  scope: Scope,
  writingAt?: (pointer: string) => Writing,
): DeepResult<T> {
  const unknownPaths: string[] = [];
  const secretPaths: string[] = [];
  const walk = (item: unknown, pointer: string): unknown => {
    if (typeof item === "string") {
      if (!item.includes("${{")) return item;
      const result = evaluateAt(item, scope, pointer, writingAt?.(pointer));
      if (result.secret) secretPaths.push(pointer);
      if (result.known) return result.value;
      unknownPaths.push(pointer);
      return UNKNOWN;
    }
    if (item === null || typeof item !== "object") return item;
    if (Array.isArray(item)) return item.map((entry, index) => walk(entry, `${pointer}/${index}`));
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(item)) {
      const entry = walk((item as Record<string, unknown>)[key], `${pointer}/${escapePointer(key)}`);
      // defineProperty, so that a key named __proto__ stays a key.
      if (key === "__proto__") Object.defineProperty(copy, key, { value: entry, enumerable: true });
      else copy[key] = entry;
    }
    return copy;
  };
  return { value: walk(value, "") as T, unknownPaths, secretPaths };
}

function evaluateAt(text: string, scope: Scope, pointer: string, writing?: Writing): Evaluated {
  try {
    return evaluate(text, scope, writing);
  } catch (error) {
    throw error instanceof ExpressionError ? error.at(pointer) : error;
  }
}

/** The value, or a copy of it with what stands at the JSON pointers (and everything under it) replaced. */
export function redactPaths<T>(value: T, pointers: readonly string[], replacement: unknown = "(secret)"): T {
  if (pointers.length === 0) return value;
  const hidden = new Set(pointers);
  const walk = (item: unknown, pointer: string): unknown => {
    if (hidden.has(pointer)) return replacement;
    if (item === null || typeof item !== "object") return item;
    if (Array.isArray(item)) return item.map((entry, index) => walk(entry, `${pointer}/${index}`));
    return Object.fromEntries(
      Object.entries(item).map(([key, entry]) => [key, walk(entry, `${pointer}/${escapePointer(key)}`)]),
    );
  };
  return walk(value, "") as T;
}
