import { types } from "node:util";
import { compilePattern, PatternError } from "@/lib/kernel/patterns";
import { type ASTNode, type Evaluate, type Step, wrapNodes } from "./cel";

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

/** A sentence for people; the place is known to the code that evaluates. */
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
  // Spent for good: `||` and exists(…) continue after an error on one side.
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

const makers: ReadonlySet<string> = new Set(["+", "list", "map", "call", "rcall", "comprehension"]);
const comparing: ReadonlySet<string> = new Set(["==", "!=", "in"]);

/** Puts a counter at every node of a checked expression, whose loops the check has written out. */
export function limitWork(root: ASTNode): void {
  wrapNodes(root, counted);
}

function counted(step: Step): Evaluate {
  const own = withOwnMethod(step);
  const steps = step.op === "call" || step.op === "rcall" ? stepsPerCall : 1;
  const makes = makers.has(step.op);
  const compared = step.parentOp !== undefined && comparing.has(step.parentOp);
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

function withOwnMethod({ method, evaluate }: Step): Evaluate {
  const own = method && Object.hasOwn(ownMethods, method.name) ? ownMethods[method.name] : undefined;
  if (!own || !method) return evaluate;
  return (evaluator, at, context) => {
    const values = method.args.map((arg) => evaluator.run(arg, context));
    const answer = own(evaluator.run(method.receiver, context), values);
    return answer === undefined ? evaluate(evaluator, at, context) : answer;
  };
}
