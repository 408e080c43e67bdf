import { describe, expect, it } from "vitest";
import { type ASTNode, wrapNodes } from "./cel";
import { celEnvironment } from "./environment";

/** Each form that an expression can take, with 7 wherever it holds something to compute. */
const forms: [string, number][] = [
  ["7 + 7 - 7 * 7 / 7 % 7", 6],
  ["[-(7) == 7, 7 != 7, 7 < 7, 7 <= 7, 7 > 7, 7 >= 7]", 12],
  ["7 == 7 && 7 in [7]", 4],
  ["7 == 7 ? 7 : 8", 3],
  ["[7, 7][0]", 2],
  ["{'a': 7}.a", 1],
  ["{'a': 7}['a']", 1],
  ["{'a': 7}.?a.orValue(8)", 1],
  ["[8][?7]", 1],
  ["min(7, 7)", 2],
  ["string(7).size()", 1],
  ["'7'.replace(string(7), string(7))", 2],
  ["has(parameters.a) || 7 == 7", 2],
  ["cel.bind(x, 7, 7)", 2],
  ["cel.bind(x, cel.bind(y, 7, y), x + 7)", 2],
  ["optional.of(7).hasValue()", 1],
  ["optional.of(7).value()", 1],
  ["optional.none().orValue(7)", 1],
  ["optional.of(7).orValue(8)", 1],
  ["optional.none().or(optional.of(7)).hasValue()", 1],
  ["[7].map(x, 7)", 2],
  ["[7].map(x, 7 == 7, 7)", 4],
  ["[7].filter(x, 7 == 7)", 3],
  ["[7].all(x, 7 == 7)", 3],
  ["[7].exists(x, 7 == 7)", 3],
  ["[7].exists_one(x, 7 == 7)", 3],
  ["[[7]].map(x, x.map(y, 7))", 2],
];

/** How many of the sevens of an expression were computed where a counter could see it. */
function sevensSeen(code: string): number {
  const run = celEnvironment.parse(code);
  run.check();
  let seen = 0;
  wrapNodes(run.ast, ({ evaluate }) => (evaluator, node, context) => {
    const value = evaluate(evaluator, node, context);
    if (node.op === "value" && value === 7n) seen += 1;
    return value;
  });
  run({ parameters: {} });
  return seen;
}

describe("the unpublished parts of the CEL library", () => {
  it.each(forms)("%s: a counter sees each of its %i values", (code, count) => {
    expect(sevensSeen(code)).toBe(count);
  });

  it("tell the name, the receiver and the arguments of a method", () => {
    const { ast } = celEnvironment.parse("'text'.replace('a', 'b')");
    const names: unknown[] = [];
    wrapNodes(ast, ({ method, evaluate }) => {
      if (method) names.push([method.name, method.receiver.args, method.args.map(({ args }) => args)]);
      return evaluate;
    });
    expect(names).toEqual([["replace", "text", ["a", "b"]]]);
  });

  it("compute an argument with the evaluator that a step is given", () => {
    const run = celEnvironment.parse("'text'.replace('a', 'b')");
    run.check();
    const values: unknown[] = [];
    wrapNodes(run.ast, ({ method, evaluate }) => (evaluator, node, context) => {
      for (const arg of method?.args ?? []) values.push(evaluator.run(arg, context));
      return evaluate(evaluator, node, context);
    });
    run({});
    expect(values).toEqual(["a", "b"]);
  });

  it.each([
    ["setMeta", undefined],
    ["meta", undefined],
    ["meta", {}],
    ["meta", { evaluate: "renamed" }],
  ])("are missed at once: %s as %j", (name, value) => {
    const { ast } = celEnvironment.parse("1 + 1");
    Object.defineProperty(ast, name, { value });
    expect(() => wrapNodes(ast, ({ evaluate }) => evaluate)).toThrow("isn't supported");
  });

  it("are missed inside of an expression, too", () => {
    const { ast } = celEnvironment.parse("1 + 1");
    const [left] = ast.args as [ASTNode, ASTNode];
    Object.defineProperty(left, "setMeta", { value: undefined });
    expect(() => wrapNodes(ast, ({ evaluate }) => evaluate)).toThrow("isn't supported");
  });
});
