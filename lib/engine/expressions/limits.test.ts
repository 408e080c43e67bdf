// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are expressions of the template language
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExpressionError, evaluate, evaluateDeep, sharingSteps } from ".";

const numbers = (count: number) => `[${Array.from({ length: count }, (_, at) => at).join(",")}]`;
/** `first` and then `times` names, each twice the one before: 2^times as large in a few hundred characters. */
function doubled(first: string, times: number, end: (last: string) => string): string {
  let body = end(`x${times}`);
  for (let at = times; at >= 1; at--) body = `cel.bind(x${at}, x${at - 1} + x${at - 1}, ${body})`;
  return `\${{ cel.bind(x0, ${first}, ${body}) }}`;
}

const long = "'a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a'";

const bombs: [string, string][] = [
  ["a text doubled", doubled("'aaaaaaaaaa'", 20, (x) => x)],
  ["a text doubled, measured only", doubled("'aaaaaaaaaa'", 20, (x) => `${x}.size()`)],
  ["a list doubled", doubled(numbers(50), 16, (x) => `${x}.size()`)],
  [
    "lists of lists, shared",
    `\${{ cel.bind(a, ${numbers(60)}, cel.bind(b, a.map(x, a), cel.bind(c, a.map(x, b), c == c && a.map(x, c) == a.map(x, c)))) }}`,
  ],
  ["replacements that grow", `\${{ 'aaaa'${".replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')".repeat(8)} }}`],
  ["a separator repeated", doubled("'aaaaaaaaaaaa'", 14, (x) => `join(${x}.split(''), ${x})`)],
  [
    "a method's separator repeated",
    doubled("'aaaaaaaaaaaa'", 12, (x) => `${x}.split('').map(y, y).join(${x})`),
  ],
  [
    "two loops",
    `\${{ ${numbers(200)}.map(x, ${numbers(200)}.filter(y, ${numbers(50)}.size() > y && x > y).size()) }}`,
  ],
  ["a search in every turn", doubled(numbers(60), 8, (x) => `${x}.map(y, -1 in ${x})`)],
  [
    "errors that are swallowed",
    `\${{ ${Array(8)
      .fill(doubled("'aaaaaaaaaa'", 20, (x) => `${x} == ''`).slice(4, -3))
      .slice(0, 3)
      .join(" || ")} }}`,
  ],
  ["a text from many pieces", `${doubled("'aaaaaaaaaa'", 14, (x) => x)}`.repeat(4)],
  [
    "a fallback that grows",
    `\${{ optional.none().orValue(${doubled("'aaaaaaaaaa'", 20, (x) => `${x}.size()`).slice(4, -3)}) }}`,
  ],
  [
    "a second optional that grows",
    `\${{ optional.none().or(optional.of(${doubled("'aaaaaaaaaa'", 20, (x) => `${x}.size()`).slice(4, -3)})) }}`,
  ],
  ["as JSON", doubled(numbers(60), 7, (x) => `json(${x}.map(y, ${x}))`)],
];

describe("expressions that would not end soon", () => {
  it.each(bombs)("%s: refused at once", (_name, text) => {
    evaluate("${{ 1 + 1 }}", {});
    const startMs = performance.now();
    expect(() => evaluate(text, {})).toThrowError(/too many steps|too large/);
    expect(performance.now() - startMs).toBeLessThan(1_500);
  });

  it("matches in linear time, whatever the pattern", () => {
    const startMs = performance.now();
    const text = `\${{ '${"a".repeat(40)}!'.matches('^(a+)+$') }}`;
    expect(evaluate(text, {})).toMatchObject({ value: false });
    expect(evaluate("${{ 'aaaa'.matches('^(a+)+$') }}", {})).toMatchObject({ value: true });
    expect(performance.now() - startMs).toBeLessThan(1_500);
  });

  it.each([
    ["${{ 'a'.matches('(a') }}", "isn’t a valid regular expression"],
    ["${{ 'a'.matches('(?=a)') }}", "look-around or back-references"],
    ["${{ 'a'.matches('((a{50}){20}b){9}c{900}') }}", "repeats too much"],
  ])("%s: %s", (text, message) => {
    expect(() => evaluate(text, {})).toThrowError(message);
  });

  it("share one allowance where one plan evaluates them, and only there", () => {
    const busy = `\${{ ${numbers(150)}.map(x, ${numbers(40)}.filter(y, y > x).size()).size() }}`;
    expect(evaluate(busy, {})).toMatchObject({ value: 150 });
    const many = Array.from({ length: 200 }, () => busy);
    expect(() => sharingSteps(() => evaluateDeep(many, {}))).toThrowError("too many steps in total");
    expect(evaluate(busy, {})).toMatchObject({ value: 150 });
  });

  it("are unknown, not wrong, when what they read is not known yet", () => {
    const scope = { components: { db: { url: Symbol.for("rostrum.unknown") } } };
    expect(evaluate(`\${{ [components.db.url].map(x, x + ${long}) }}`, scope).known).toBe(false);
  });
});

describe("any expression", () => {
  const leaf = fc.constantFrom("'ab'", numbers(20), "parameters.list", "parameters.text", "x", "y", "3");
  const tree = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      leaf,
      fc.tuple(tie("node"), tie("node")).map(([a, b]) => `(${a} + ${b})`),
      fc.tuple(tie("node"), tie("node")).map(([a, b]) => `(${a} in ${b} || ${a} == ${b})`),
      fc.tuple(tie("node"), tie("node")).map(([a, b]) => `${a}.map(x, ${b})`),
      fc.tuple(tie("node"), tie("node")).map(([a, b]) => `cel.bind(y, ${a}, ${b})`),
      fc.tuple(tie("node"), tie("node")).map(([a, b]) => `${a}.replace('a', ${b})`),
      fc.tuple(tie("node"), tie("node")).map(([a, b]) => `join(${a}, ${b})`),
      tie("node").map((a) => `json(${a})`),
      tie("node").map((a) => `${a}.split('')`),
    ),
  })).node;

  it("answers or is refused, within a second", { timeout: 120_000 }, () => {
    const scope = {
      parameters: { list: Array.from({ length: 500 }, (_, at) => at), text: "ab".repeat(2_000) },
    };
    fc.assert(
      fc.property(tree, (code) => {
        const startMs = performance.now();
        try {
          evaluate(`\${{ ${code} }}`, scope);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
        }
        expect(performance.now() - startMs).toBeLessThan(2_000);
      }),
      { numRuns: 500 },
    );
  });
});
