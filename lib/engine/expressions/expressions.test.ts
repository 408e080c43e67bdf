// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are expressions of the template language
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ExpressionError,
  evaluate,
  evaluateDeep,
  formatReference,
  parseTemplateString,
  redactPaths,
  referencesOf,
  sensitive,
  UNKNOWN,
} from ".";

const scope = {
  parameters: {
    size: "small",
    replicas: 3,
    ratio: 0.5,
    on: true,
    list: ["a", "b"],
    none: null,
    apiKey: sensitive("k3y"),
  },
  secrets: { password: "hunter2", later: UNKNOWN },
  components: {
    db: { outputs: { url: sensitive("postgres://x") }, host: "10.0.0.1", ports: { 5432: 41_000 } },
    web: { url: UNKNOWN, outputs: {}, host: "h" },
    "my-cache": { host: "c", ports: UNKNOWN },
  },
  self: { ports: { 8080: 40_001 }, host: "127.0.0.1" },
};

const valueIn = (text: string, over: object = {}) => evaluate(text, { ...scope, ...over });
const known = (value: unknown, secret = false) => ({ known: true, value, secret });

describe("evaluate", () => {
  it.each<[string, unknown]>([
    ["plain text", "plain text"],
    ["${{ parameters.replicas }}", 3],
    ["${{ parameters.on }}", true],
    ["${{ parameters.list }}", ["a", "b"]],
    ["${{ parameters.none }}", null],
    ["n=${{ parameters.replicas }}!", "n=3!"],
    ["${{ parameters.none }}x", "x"],
    ["${{ parameters.replicas + 1 }}", 4],
    ["${{ parameters.replicas * 2 / 4 }}", 1.5],
    ["${{ parameters.ratio * 2 }}", 1],
    ["${{ parameters.replicas % 2 == 1 ? 'odd' : 'even' }}", "odd"],
    ["${{ 7 / 2 }}", 3],
    ["${{ default(parameters.none, 'd') }}", "d"],
    ["${{ parameters.?missing.orValue('d') }}", "d"],
    ["${{ has(parameters.missing) }}", false],
    ["${{ join(parameters.list, '-') }}", "a-b"],
    ["${{ lower('ABC') + upper('d') }}", "abcD"],
    ["${{ base64('hi') }}", "aGk="],
    ["${{ urlEncode('a b&') }}", "a%20b%26"],
    ["${{ json({'a': [1, 'x']}) }}", '{"a":[1,"x"]}'],
    ["${{ max(parameters.replicas, 5) }}", 5],
    ["${{ 'a.b'.replace('.', '-') }}", "a-b"],
    ["${{ self.ports[8080] }}", 40_001],
    ["http://${{ self.host }}:${{ self.ports[8080] }}", "http://127.0.0.1:40001"],
    ['${{ components["my-cache"].host }}', "c"],
    ["$${{ not.evaluated }}", "${{ not.evaluated }}"],
    ["${{ '}}' }}", "}}"],
    ["${{ {'a': {'b': 1}} }}", { a: { b: 1 } }],
    ["${{ parameters.list.map(x, x + '!') }}", ["a!", "b!"]],
    ["${{ int('42') + 1 }}", 43],
    ["${{ string(parameters.replicas) }}", "3"],
  ])("%s", (text, expected) => {
    expect(valueIn(text)).toEqual(known(expected));
  });

  it.each<[string, string, number]>([
    ["${{ parameters.nope }}", "no such key: nope", 15],
    ["ab ${{ 1 + }}", "unexpected token", 10],
    ["${{ parameters.size", "end it with }}", 0],
    ["${{ }}", "empty", 3],
    ["x${{ parameters.list }}", "join(list, separator)", 5],
    ["${{ parameters.size + 1 }}", "no such overload: string + int", 4],
    ["${{ parameters.size ? 1 : 2 }}", "must be bool", 15],
  ])("%s fails", (text, message, offset) => {
    const attempt = () => valueIn(text);
    expect(attempt).toThrowError(ExpressionError);
    expect(attempt).toThrowError(message);
    try {
      attempt();
    } catch (error) {
      expect((error as ExpressionError).offset).toBe(offset);
    }
  });
});

describe("unknown values", () => {
  it.each<[string, unknown]>([
    ["${{ components.web.url }}", ["components.web.url"]],
    ["at ${{ components.web.url }}", ["components.web.url"]],
    ["${{ components.web.url + '/x' }}", ["components.web.url"]],
    ['${{ components["my-cache"].ports[6379] }}', ['components["my-cache"].ports[6379]']],
    ["${{ ['a', components.web.url] }}", ["components.web.url"]],
    ["${{ 'a' in [components.web.url] }}", ["components.web.url"]],
    ["${{ components.web.url == 'a' }}", ["components.web.url"]],
    ["${{ json(components.web) }}", ["components.web"]],
    ["${{ components.web }}", ["components.web"]],
  ])("%s is unknown", (text, because) => {
    expect(valueIn(text)).toEqual({ known: false, secret: false, because });
  });

  it.each<[string, unknown]>([
    ["${{ true || components.web.url == 'x' }}", true],
    ["${{ components.web.url == 'x' || parameters.on }}", true],
    ["${{ parameters.on ? 'a' : components.web.url }}", "a"],
    ["${{ components.web.host }}", "h"],
  ])("%s is known all the same", (text, expected) => {
    expect(valueIn(text)).toEqual(known(expected));
  });

  it("never turns an unknown into a known that differs from the later truth", () => {
    const forms = fc.constantFrom(
      "${{ parameters.a + parameters.b }}",
      "${{ parameters.a > 1 || parameters.b > 1 }}",
      "${{ parameters.a > 1 && parameters.b > 1 }}",
      "${{ parameters.a > 1 ? parameters.b : 7 }}",
      "${{ parameters.a in [parameters.b, 3] }}",
      "${{ [parameters.a, parameters.b].exists(x, x > 2) }}",
      "${{ max(parameters.a, parameters.b) }}",
      "-${{ parameters.a }}-${{ parameters.b }}",
    );
    fc.assert(
      fc.property(forms, fc.nat(4), fc.nat(4), fc.boolean(), fc.boolean(), (text, a, b, hideA, hideB) => {
        const early = evaluate(text, { parameters: { a: hideA ? UNKNOWN : a, b: hideB ? UNKNOWN : b } });
        const late = evaluate(text, { parameters: { a, b } });
        if (early.known) expect(early).toEqual(late);
        if (!hideA && !hideB) expect(early.known).toBe(true);
      }),
    );
  });
});

describe("secrets", () => {
  it.each<[string, boolean]>([
    ["${{ secrets.password }}", true],
    ["x${{ secrets.password }}", true],
    ["${{ components.db.outputs.url }}", true],
    ["${{ parameters.apiKey + 'x' }}", true],
    ["${{ components.db }}", true],
    ["${{ components.db.outputs[parameters.size == 'small' ? 'url' : 'x'] }}", true],
    ["${{ secrets.later }}", true],
    ["${{ components.db.host }}", false],
    ["${{ parameters.size }}", false],
  ])("%s: %s", (text, secret) => {
    expect(valueIn(text).secret).toBe(secret);
  });

  it("looks through a secret that holds more", () => {
    const over = { components: { db: { outputs: sensitive({ a: { b: "c" } }) } } };
    expect(valueIn("${{ components.db.outputs.a.b }}", over)).toEqual(known("c", true));
    expect(() => valueIn("${{ components.db.outputs.a.x }}", over)).toThrow("no such key");
  });
});

describe("evaluateDeep", () => {
  it("keeps the shape and tells where unknown and secret values went", () => {
    const spec = {
      image: "x",
      n: 1,
      list: ["${{ parameters.replicas }}", "${{ components.web.url }}"],
      environment: { "A/B": "p=${{ secrets.password }}", C: "${{ secrets.later }}" },
    };
    const result = evaluateDeep(spec, scope);
    expect(result).toEqual({
      value: { image: "x", n: 1, list: [3, UNKNOWN], environment: { "A/B": "p=hunter2", C: UNKNOWN } },
      unknownPaths: ["/list/1", "/environment/C"],
      secretPaths: ["/environment/A~1B", "/environment/C"],
    });
    expect(redactPaths(result.value, result.secretPaths).environment).toEqual({
      "A/B": "(secret)",
      C: "(secret)",
    });
  });

  it("says where it failed", () => {
    expect(() => evaluateDeep({ a: ["${{ parameters.nope }}"] }, scope)).toThrow(
      expect.objectContaining({ name: "ExpressionError", path: "/a/0" }),
    );
  });

  it("reads frozen scopes and leaves a key named __proto__ alone", () => {
    const frozen = Object.freeze({ parameters: Object.freeze({ list: Object.freeze(["a"]) }) });
    expect(evaluate("${{ parameters.list.map(x, x) }}", frozen)).toEqual(known(["a"]));
    const hostile = JSON.parse('{"__proto__": {"polluted": "${{ parameters.size }}"}}');
    expect(Object.getPrototypeOf(evaluateDeep(hostile, scope).value)).toBe(Object.prototype);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
    expect(() => evaluate("${{ parameters.constructor }}", scope)).toThrow("no such key");
  });

  it("evaluates five expressions of each of 1,000 components in a moment", () => {
    const components = Array.from({ length: 1_000 }, (_, index) => ({
      a: "${{ parameters.size }}",
      b: `x-\${{ components.c${index}.outputs.url }}`,
      c: "${{ parameters.replicas + 1 }}",
      d: "${{ secrets.p }}",
      e: "${{ self.ports[8080] }}",
    }));
    const outputs = components.map((_, index) => [
      `c${index}`,
      { outputs: { url: index % 2 ? UNKNOWN : "u" } },
    ]);
    const large = { ...scope, secrets: { p: "q" }, components: Object.fromEntries(outputs) };
    const timesMs = Array.from({ length: 5 }, () => {
      const before = process.cpuUsage();
      for (const component of components) evaluateDeep(component, large);
      return process.cpuUsage(before).user / 1_000;
    });
    expect(Math.min(...timesMs)).toBeLessThan(50);
  });
});

describe("references", () => {
  const written = (text: string) => referencesOf(text).map(formatReference);

  it.each<[string, string[]]>([
    ["${{ components.db.outputs.url }}", ["components.db.outputs.url"]],
    ["${{ a.b }}-${{ c }}", ["a.b", "c"]],
    ["${{ self.ports[8080] }}", ["self.ports[8080]"]],
    ['${{ components["my-db"].url }}', ['components["my-db"].url']],
    ["${{ components[parameters.which].url }}", ["components", "parameters.which"]],
    ["${{ parameters.list.map(x, x + parameters.y) }}", ["parameters.list", "parameters.y"]],
    ["${{ cel.bind(v, parameters.a, v + secrets.b) }}", ["parameters.a", "secrets.b"]],
    [
      "${{ has(parameters.a) ? {'k': size.cpu} : {'k': self.host} }}",
      ["parameters.a", "size.cpu", "self.host"],
    ],
    ["$${{ parameters.a }}", []],
  ])("%s", (text, expected) => {
    expect(written(text)).toEqual(expected);
  });

  it("know their place", () => {
    expect(referencesOf({ a: [{ b: "xy ${{ parameters.a }}" }] })).toMatchObject([
      { pointer: "/a/0/b", offset: 7, dynamic: false, optional: false },
    ]);
  });
});

describe("any text", () => {
  it("is parsed or refused with an ExpressionError", () => {
    const pieces = fc.constantFrom(
      "${{",
      "}}",
      "{",
      "}",
      "'",
      '"',
      "\\",
      "$",
      " ",
      "parameters",
      ".",
      "a",
      "[",
      "]",
      "1",
      "+",
      "(",
      ")",
      "||",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
        try {
          parseTemplateString(parts.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("without expressions is its own value", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes("${{"));
        expect(evaluate(text, {})).toEqual(known(text));
      }),
    );
  });
});
