import { types } from "node:util";
import type { ASTNode } from "@marcbachmann/cel-js";
import { compilePattern, PatternError } from "@/lib/kernel/patterns";

/**
 * Bounds on the work of expressions. CEL always ends, but not soon: a text or list doubled thirty times, or two
 * loops over long lists, would stop the portal or take its memory. Work is counted, not timed, so that the same
 * expression fails on every machine or on none.
 */
const maxSteps = 50_000;
/** For everything that one plan evaluates. */
const maxTotalSteps = 2_000_000;
/** Of a value: entries of lists and maps at any depth, and every 16 characters of texts. */
const maxWeight = 20_000;
const charactersPerWeight = 16;
const stepsPerCall = 10;

const meter = { steps: maxSteps, total: maxTotalSteps, shared: false };

/** A sentence for people; the place is known to whoever evaluates. */
class LimitError extends Error {}

function spend(steps: number): void {
  meter.steps -= steps;
  meter.total -= steps;
  if (meter.steps < 0)
    throw new LimitError("the expression takes too many steps; use fewer or shorter loops");
  if (meter.total < 0) throw new LimitError("the expressions of this template take too many steps in total");
}

/** Runs one evaluation with its own allowance. */
export function metered<T>(evaluate: () => T): T {
  meter.steps = maxSteps;
  if (!meter.shared) meter.total = maxTotalSteps;
  return evaluate();
}

/** Gives everything that `work` evaluates one common allowance. Synchronous work only. */
export function sharingSteps<T>(work: () => T): T {
  if (meter.shared) return work();
  meter.shared = true;
  meter.total = maxTotalSteps;
  try {
    return work();
  } finally {
    meter.shared = false;
  }
}

const weights = new WeakMap<object, number>();

/** What a value holds. Values from the scope are behind proxies and count as one: they exist already. */
function weightOf(value: unknown): number {
  if (typeof value === "string") return 1 + value.length / charactersPerWeight;
  if (typeof value !== "object" || value === null || types.isProxy(value)) return 1;
  const known = weights.get(value);
  if (known !== undefined) return known;
  let weight = 1;
  if (Array.isArray(value)) for (const item of value) weight += weightOf(item);
  else if (Object.getPrototypeOf(value) === Object.prototype)
    for (const item of Object.values(value)) weight += 1 + weightOf(item);
  // An empty list may be the one that a loop is about to fill.
  if (weight > 1) weights.set(value, weight);
  return weight;
}

function tooLarge(): LimitError {
  // Spent for good: `||` and exists(…) go on after an error on one side.
  meter.steps = -1;
  return new LimitError("the value of the expression is too large");
}

function checked(value: unknown): unknown {
  const weight = weightOf(value);
  if (weight > maxWeight) throw tooLarge();
  spend(Math.ceil((Array.isArray(value) ? value.length : weight) / 4));
  return value;
}

/** @throws LimitError when a text of so many characters may not be made */
export function checkTextLength(characters: number): void {
  if (characters > maxWeight * charactersPerWeight) throw tooLarge();
}

type Evaluator = { run(node: ASTNode, context: unknown): unknown };
type Evaluate = (evaluator: Evaluator, node: ASTNode, context: unknown) => unknown;
type Meta = { evaluate: Evaluate; alternate?: Node; macro?: { val?: Node; exp?: Node } };
/** What the library keeps at a node beside what it publishes. */
type Node = ASTNode & { meta: Meta; setMeta(key: string, value: unknown): unknown };

const makers: ReadonlySet<string> = new Set(["+", "list", "map", "call", "rcall", "comprehension"]);
const comparing: ReadonlySet<string> = new Set(["==", "!=", "in"]);

/** Puts a counter at every node of a checked expression, whose loops the check has written out. */
export function limitWork(root: ASTNode): void {
  const open = [{ node: root as Node, compared: false }];
  for (let item = open.pop(); item; item = open.pop()) {
    const { node, compared } = item;
    const { alternate, macro } = node.meta;
    if (!alternate && !macro) node.setMeta("evaluate", counted(node, compared));
    const inside = alternate
      ? [alternate]
      : macro
        ? childrenIn([macro.val, macro.exp])
        : childrenIn(node.args);
    for (const child of inside) {
      open.push({ node: child, compared: alternate || macro ? compared : comparing.has(node.op) });
    }
  }
}

function childrenIn(value: unknown): Node[] {
  if (value === null || typeof value !== "object") return [];
  if (Array.isArray(value)) return value.flatMap(childrenIn);
  if ("setMeta" in value) return [value as Node];
  // A loop: what it runs over, starts with and does.
  const { iterable, init, step } = value as { iterable?: unknown; init?: unknown; step?: unknown };
  return childrenIn([iterable, init, step]);
}

function counted(node: Node, compared: boolean): Evaluate {
  const own = node.op === "rcall" ? withOwnMethods(node) : node.meta.evaluate;
  const steps = node.op === "call" || node.op === "rcall" ? stepsPerCall : 1;
  const makes = makers.has(node.op);
  return (evaluator, at, context) => {
    spend(steps);
    const value = own(evaluator, at, context);
    if (makes) return checked(value);
    // Compared with, or looked through, entry by entry.
    if (compared && Array.isArray(value)) spend(value.length);
    return value;
  };
}

type Method = (receiver: unknown, args: readonly unknown[]) => unknown;

/** Methods of CEL that are replaced, each undefined where the library's own is to answer (and to complain). */
const ownMethods: Readonly<Record<string, Method>> = {
  matches: (text, [pattern]) => {
    if (typeof text !== "string" || typeof pattern !== "string") return undefined;
    spend(Math.ceil(text.length / charactersPerWeight));
    try {
      return compilePattern(pattern).test(text);
    } catch (error) {
      throw error instanceof PatternError ? new Error(`the pattern ${error.message}`) : error;
    }
  },
  join: (list, [separator = ""]) => {
    if (!Array.isArray(list) || typeof separator !== "string") return undefined;
    checkTextLength(list.length * separator.length);
    return undefined;
  },
};

function withOwnMethods(node: Node): Evaluate {
  const original = node.meta.evaluate;
  const [name, receiver, args] = node.args as [string, ASTNode, ASTNode[]];
  const method = Object.hasOwn(ownMethods, name) ? ownMethods[name] : undefined;
  if (!method) return original;
  return (evaluator, at, context) => {
    const values = args.map((arg) => evaluator.run(arg, context));
    const answer = method(evaluator.run(receiver, context), values);
    return answer === undefined ? original(evaluator, at, context) : answer;
  };
}
