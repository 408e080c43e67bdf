import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  parseAllDocuments,
  visit,
} from "yaml";
import { findHidden } from "@/lib/kernel/text";
import type { Problem } from "./types";
import { Written } from "./written";

/** The largest manifest that is read. */
export const maxManifestBytes = 256 * 1024;
const maxAliases = 100;
const maxNesting = 64;

export type Path = readonly (string | number)[];
export type Position = { line: number; column: number };

/** A parsed text: its plain value, and where in the text each part of it stands. */
export type YamlSource = {
  /** Texts and null; what is a number, true or false is `Written`, until someone knows what the place wants. */
  value: unknown;
  /** Where the value at a path starts, or the nearest thing around it that exists. */
  locate(path: Path): Position;
  /** Where the key at the end of a path stands. */
  locateKey(path: Path): Position;
};

export type YamlResult = { ok: true; source: YamlSource } | { ok: false; problems: Problem[] };

const start: Position = { line: 1, column: 1 };

function failure(message: string, at: Position = start): YamlResult {
  return { ok: false, problems: [{ path: "", ...at, message }] };
}

/** Reads one YAML document with bounds on size, nesting and aliases. Never throws. */
export function readYaml(input: string | Uint8Array): YamlResult {
  const text = decode(input);
  if (typeof text !== "string") return text;
  const unwanted = unwantedCharacter(text);
  if (unwanted) return unwanted;
  try {
    return readText(text);
  } catch (error) {
    // The parser recurses: thousands of nested brackets end here and not in a crash.
    if (error instanceof RangeError) return failure("the manifest is nested too deeply");
    if (error instanceof ReferenceError && error.message.startsWith("Excessive"))
      return failure(`too many aliases; the maximum is ${maxAliases}`);
    return failure(`not valid YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function decode(input: string | Uint8Array): string | YamlResult {
  const size = typeof input === "string" ? Buffer.byteLength(input) : input.byteLength;
  if (size > maxManifestBytes) {
    return failure(
      `the manifest is ${Math.ceil(size / 1024)} KiB long; the maximum is ${maxManifestBytes / 1024} KiB`,
    );
  }
  if (typeof input === "string") return input.replace(/^\uFEFF/, "");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(input);
  } catch {
    return failure("the manifest is not UTF-8 text");
  }
}

function unwantedCharacter(text: string): YamlResult | undefined {
  const at = text.search(/(?![\t\n\r])[\p{Cc}\p{Cs}\uFFFD]/u);
  if (at >= 0) return failure(notText, positionIn(text, at));
  const hidden = findHidden(text);
  return hidden ? failure(hiddenMessage(hidden.name), positionIn(text, hidden.index)) : undefined;
}

function readText(text: string): YamlResult {
  const lineCounter = new LineCounter();
  const positionOf = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const tooDeepAt = nestingPastLimit(text);
  if (tooDeepAt !== undefined)
    return failure("the manifest is nested too deeply", positionIn(text, tooDeepAt));
  const documents = parseAllDocuments(text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: true,
    merge: true,
    strict: true,
  });
  if (!Array.isArray(documents) || documents.length === 0) return failure("the manifest is empty");
  const problems = documents.flatMap((document) => syntaxProblems(document, positionOf));
  if (problems.length > 0) return { ok: false, problems };
  const [first, second] = documents as Document.Parsed[];
  if (second) return failure(severalDocuments, positionOf(second.range[0]));
  if (!first || first.contents === null) return failure("the manifest is empty");
  const deep = tooDeepNode(first.contents);
  if (deep) return failure("the manifest is nested too deeply", positionOf(deep.range?.[0] ?? 0));
  keepWritten(first);
  const value: unknown = first.toJS({ maxAliasCount: maxAliases });
  const places = locators(first, positionOf);
  const escaped = hiddenValue(value, []);
  if (escaped) return failure(hiddenMessage(escaped.name), places.locate(escaped.path));
  return { ok: true, source: { value, ...places } };
}

/** Numbers, true and false keep the text they were written as; names of keys are that text. */
function keepWritten(document: Document): void {
  visit(document, {
    Scalar(key, node) {
      if (typeof node.value !== "number" && typeof node.value !== "boolean") return;
      const text = node.source ?? String(node.value);
      node.value = key === "key" ? text : new Written(text, node.value);
    },
  });
}

const severalDocuments = "the file contains several documents; a template must be a single document";
const notText = "the manifest contains a character that is not text (a control character or broken UTF-8)";
const hiddenMessage = (name: string) =>
  `the manifest contains a control or invisible character (${name}), which would display incorrectly`;

/** What is no character of the text may still be one of a value: "\e[31m" in quotes. */
function hiddenValue(value: unknown, path: Path): { name: string; path: Path } | undefined {
  if (typeof value === "string") {
    const found = findHidden(value);
    return found ? { name: found.name, path } : undefined;
  }
  if (value === null || typeof value !== "object" || value instanceof Written) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    const found = hiddenValue(key, path) ?? hiddenValue(item, at);
    if (found) return found;
  }
  return undefined;
}

/** What the lexer of `yaml` puts between the pieces of the text: byte order, document, end, scalar. */
const lexerMarks: ReadonlySet<string> = new Set(["\uFEFF", "\u0002", "\u0018", "\u001F"]);

/**
 * Where nesting passes the limit. This must come before composing, which recurses: near the end of the stack
 * V8 may fail to compile a regular expression, and that ends the whole process instead of throwing.
 */
function nestingPastLimit(text: string): number | undefined {
  const parser = new Parser();
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const _token of parser.next(lexeme)) {
      // Only the depth counts here.
    }
    // Each level holds at most two entries of the stack, a collection and what is being read in it.
    if (parser.stack.length > 2 * maxNesting + 8) return offset;
    if (!lexerMarks.has(lexeme)) offset += lexeme.length;
  }
  return undefined;
}

function positionIn(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

const syntaxMessages: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "YAML can’t be indented with tabs; use spaces",
  DUPLICATE_KEY: "duplicate key",
  MULTIPLE_DOCS: severalDocuments,
};

function syntaxProblems(
  document: Document | Document.Parsed,
  positionOf: (offset: number) => Position,
): Problem[] {
  return [...document.errors, ...document.warnings].map((error) => ({
    path: "",
    ...positionOf(error.pos[0]),
    message: syntaxMessages[error.code] ?? `not valid YAML: ${error.message}`,
  }));
}

/** The first node below the allowed nesting; walked without recursion. */
function tooDeepNode(root: Node): Node | undefined {
  const open: { node: Node; depth: number }[] = [{ node: root, depth: 0 }];
  for (let item = open.pop(); item; item = open.pop()) {
    const { node, depth } = item;
    if (depth > maxNesting) return node;
    if (!isMap(node) && !isSeq(node)) continue;
    for (const child of node.items) {
      const inner = isPair(child) ? child.value : child;
      if (inner !== null && typeof inner === "object") open.push({ node: inner as Node, depth: depth + 1 });
    }
  }
  return undefined;
}

function locators(document: Document.Parsed, positionOf: (offset: number) => Position) {
  const find = (path: Path): { key: Node | undefined; value: Node | undefined; complete: boolean } => {
    let value: Node | undefined = document.contents ?? undefined;
    let key: Node | undefined;
    for (const step of path) {
      const container: Node | undefined = isAlias(value) ? value.resolve(document) : value;
      const child = childOf(container, step);
      if (!child) return { key, value, complete: false };
      key = child.key;
      value = child.value ?? child.key;
    }
    return { key, value, complete: true };
  };
  const position = (node: Node | undefined): Position => (node?.range ? positionOf(node.range[0]) : start);
  return {
    locate: (path: Path): Position => {
      const { key, value, complete } = find(path);
      return position(complete ? value : (key ?? value));
    },
    locateKey: (path: Path): Position => {
      const { key, value } = find(path);
      return position(key ?? value);
    },
  };
}

function childOf(node: Node | undefined, step: string | number): { key?: Node; value?: Node } | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(step)] as Node | undefined;
    return value ? { value } : undefined;
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  if (!pair) return undefined;
  return { key: pair.key as Node, ...(pair.value ? { value: pair.value as Node } : {}) };
}
