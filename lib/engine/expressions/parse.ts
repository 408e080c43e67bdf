import type { ParseResult } from "./cel";
import { celEnvironment } from "./environment";
import { ExpressionError } from "./errors";
import { limitWork } from "./limits";
import { findUnusableLiterals, type UnusableLiteral } from "./literals";
import { collectReferences, type Reference } from "./references";

const maxExpressionLength = 4_096;
const cacheLimit = 20_000;

/** One `${{ … }}` of a text. */
export type Expression = {
  /** The CEL between the braces, without the blanks around it. */
  code: string;
  /** Where `code` starts in the text, counted from 0. */
  offset: number;
  references: Reference[];
  /** What a new expression must not contain; those that are stored are evaluated all the same. */
  unusable: readonly UnusableLiteral[];
  /** Whether the expression is nothing but its one reference, which is looked up without CEL. */
  isReference: boolean;
  run: ParseResult;
};

/** A text taken apart into literal pieces and expressions. */
export type TemplateString = {
  source: string;
  parts: (string | Expression)[];
  /** Whether the text is exactly one expression, whose value keeps its type. */
  whole: Expression | undefined;
};

const cache = new Map<string, TemplateString>();

/**
 * Takes a text with `${{ … }}` apart. `$${{` stands for a literal `${{`. Results are cached by text.
 * @throws ExpressionError for a missing end, a syntax error, a wrong function or an unbounded loop.
 */
export function parseTemplateString(source: string): TemplateString {
  const cached = cache.get(source);
  if (cached) return cached;
  const parsed = parseUncached(source);
  // Texts come from versions of templates, so the set is small; the bound is against a flood of drafts.
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(source, parsed);
  return parsed;
}

function parseUncached(source: string): TemplateString {
  const parts: (string | Expression)[] = [];
  let literal = "";
  let at = 0;
  while (at < source.length) {
    const start = source.indexOf("${{", at);
    if (start < 0) break;
    if (start > 0 && source[start - 1] === "$" && start - 1 >= at) {
      literal += `${source.slice(at, start - 1)}\${{`;
      at = start + 3;
      continue;
    }
    literal += source.slice(at, start);
    if (literal) parts.push(literal);
    literal = "";
    const end = findEnd(source, start + 3);
    parts.push(parseExpression(source, start + 3, end));
    at = end + 2;
  }
  literal += source.slice(at);
  if (literal) parts.push(literal);
  const [first] = parts;
  const whole = parts.length === 1 && typeof first === "object" ? first : undefined;
  return { source, parts, whole };
}

/** Where the closing `}}` stands: outside quotes and outside the braces of a map. */
function findEnd(source: string, start: number): number {
  let quote: string | undefined;
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const char = source.charAt(at);
    if (quote) {
      if (char === "\\") at++;
      else if (char === quote) quote = undefined;
    } else if (char === '"' || char === "'") quote = char;
    else if (char === "{") depth++;
    else if (char === "}" && depth > 0) depth--;
    else if (char === "}" && source[at + 1] === "}") return at;
  }
  throw new ExpressionError("the expression is not closed; end it with }}", source, start - 3);
}

function parseExpression(source: string, start: number, end: number): Expression {
  const inside = source.slice(start, end);
  const code = inside.trim();
  const offset = start + (inside.length - inside.trimStart().length);
  if (code === "") throw new ExpressionError("the expression is empty", source, start);
  if (code.length > maxExpressionLength) {
    throw new ExpressionError(
      `the expression is longer than ${maxExpressionLength} characters`,
      source,
      offset,
    );
  }
  const run = parseCel(code, source, offset);
  const { references, tooDeep } = collectReferences(run.ast);
  if (tooDeep) throw new ExpressionError("loops can be nested at most two levels deep", source, offset);
  for (const reference of references) reference.offset += offset;
  const unusable = findUnusableLiterals(run.ast).map((literal) => ({
    ...literal,
    offset: literal.offset + offset,
  }));
  const [only] = references;
  const isReference =
    references.length === 1 && only !== undefined && !only.dynamic && !only.optional && isChain(run);
  return { code, offset, references, unusable, isReference, run };
}

function isChain({ ast }: ParseResult): boolean {
  let node = ast;
  while (node.op === "." || node.op === "[]") node = node.args[0];
  return node.op === "id";
}

function parseCel(code: string, source: string, offset: number): ParseResult {
  const run = checkedCel(code, source, offset);
  limitWork(run.ast);
  return run;
}

function checkedCel(code: string, source: string, offset: number): ParseResult {
  try {
    const run = celEnvironment.parse(code);
    const { valid, error } = run.check();
    // Names are judged by the code that knows what is in scope there, with better messages.
    if (valid || error?.code === "unknown_variable") return run;
    throw error ?? new Error("not valid");
  } catch (error) {
    throw celError(error, source, offset);
  }
}

/** CEL's own error, placed in the text around the expression. */
export function celError(error: unknown, source: string, offset: number): ExpressionError {
  const { summary, message, range } = error as {
    summary?: string;
    message?: string;
    range?: { start: number };
  };
  const said = (summary ?? message ?? String(error)).replace(/\bdyn<(\w+)>/g, "$1");
  return new ExpressionError(lowerFirst(said), source, offset + (range?.start ?? 0), "", { cause: error });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/**
 * Every reference in a value and in everything inside it, each with a JSON pointer to the text it stands in.
 * @throws ExpressionError with that pointer for the first text that cannot be parsed.
 */
export function referencesOf(value: unknown, pointer = ""): (Reference & { pointer: string })[] {
  if (typeof value === "string") {
    if (!value.includes("${{")) return [];
    try {
      const { parts } = parseTemplateString(value);
      return parts.flatMap((part) =>
        typeof part === "string" ? [] : part.references.map((reference) => ({ ...reference, pointer })),
      );
    } catch (error) {
      throw error instanceof ExpressionError ? error.at(pointer) : error;
    }
  }
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, item]) =>
    referencesOf(item, `${pointer}/${escapePointer(key)}`),
  );
}

/** A key as it stands in a JSON pointer (RFC 6901). */
export function escapePointer(key: string): string {
  // Hardly any key has either, and every key of every component passes here.
  if (!key.includes("~") && !key.includes("/")) return key;
  return key.replace(/~/g, "~0").replace(/\//g, "~1");
}
