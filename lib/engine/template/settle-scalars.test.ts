import { describe, expect, it } from "vitest";
import { inFileOrder, parseManifest } from ".";

/** A manifest whose parameters and container are given as YAML. */
const manifest = (parameters: string, container = "image: x", rest = "") => `
apiVersion: rostrum.dev/v1
kind: Template
metadata: { name: a, title: A, tags: [2024, 1.10] }
spec:
  version: 1.0.0
  parameters: ${parameters}
  components: { web: { container: { ${container} } } }
${rest}`;

function parsed(text: string) {
  const result = parseManifest(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.manifest;
}
function problemsOf(text: string): string[] {
  const result = parseManifest(text);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe("scalars where text belongs", () => {
  it("are the text of the file: defaults, choices, constants, examples, also inside objects and lists, and presets", () => {
    const { spec, metadata } = parsed(
      manifest(
        `{ properties: {
          v: { type: string, enum: [1.9, 1.10, 0755, True, 0x1F, 123456789012345678901], default: 1.10 },
          c: { type: string, const: 1.0, examples: [1.0] },
          o: { type: object, properties: { a: { type: string, default: 007 } }, default: { a: 1.20 } },
          l: { type: array, items: { type: string }, default: [1.10, 2, false] } } }`,
        "image: 1.10",
        "  presets: [{ name: 2024, parameters: { v: 0755, o: { a: 3.0 }, l: [1e3] } }]\n",
      ),
    );
    const { v, c, o, l } = spec.parameters[0]?.properties ?? {};
    expect(v?.enum).toEqual(["1.9", "1.10", "0755", "True", "0x1F", "123456789012345678901"]);
    expect(v?.default).toBe("1.10");
    expect([c?.const, c?.examples]).toEqual(["1.0", ["1.0"]]);
    expect([o?.default, o?.properties?.a?.default]).toEqual([{ a: "1.20" }, "007"]);
    expect(l?.default).toEqual(["1.10", "2", "false"]);
    expect(spec.presets[0]).toMatchObject({
      name: "2024",
      parameters: { v: "0755", o: { a: "3.0" }, l: ["1e3"] },
    });
    expect(spec.components.web?.container?.image).toBe("1.10");
    expect(metadata.tags).toEqual(["2024", "1.10"]);
  });

  it("are text in variables, labels, users and commands, through aliases and merges as well", () => {
    const { spec } = parsed(
      manifest(
        "[]",
        "image: x, user: 0755, command: [sleep, 1.50], environment: { A: 1.10, B: 8080, C: True, D: ~ }, labels: { 1.10: 1.0 }",
        "x-v: &v 1.30\nx-m: &m { E: 0644 }\n",
      )
        .replace("D: ~ }", "D: ~, F: *v, <<: *m }")
        .replace(/(\napiVersion)([\s\S]*)(x-v[\s\S]*)$/, "\n$3$1$2"),
    );
    const container = spec.components.web?.container;
    expect(container?.environment).toEqual({ A: "1.10", B: 8080, C: "True", D: "", F: "1.30", E: "0644" });
    expect([container?.user, container?.command, container?.labels]).toEqual([
      "0755",
      ["sleep", "1.50"],
      { "1.10": "1.0" },
    ]);
  });
});

describe("scalars where a number belongs", () => {
  it.each([
    ["{ properties: { n: { type: integer, default: 0755 } } }", "`0755` would be read as 755"],
    [
      "{ properties: { n: { type: integer, default: 123456789012345678901 } } }",
      "`123456789012345678901` would be read as",
    ],
    [
      "{ properties: { n: { type: number, default: 0.12345678901234567891 } } }",
      "`0.12345678901234567891` would be read as",
    ],
    [
      "{ properties: { n: { type: integer, maximum: 9007199254740993 } } }",
      "`9007199254740993` would be read as 9007199254740992",
    ],
    ["{ properties: { n: { type: integer, enum: [1, 02] } } }", "`02` would be read as 2"],
    [
      "{ properties: { n: { type: array, items: { type: integer }, default: [010] } } }",
      "`010` would be read as 10",
    ],
    ["{ properties: { n: { default: 1.10 } } }", "`1.10` would be read as 1.1; put it in quotes"],
  ])("%s is refused", (parameters, message) => {
    expect(problemsOf(manifest(parameters)).join("\n")).toContain(message);
  });

  it("are that number when nothing is lost", () => {
    const { spec } = parsed(
      manifest(
        "{ properties: { n: { type: number, default: 1.50, minimum: 1.0 }, i: { type: integer, default: 1_0 } } }".replace(
          "1_0",
          "1e1",
        ),
      ),
    );
    expect(spec.parameters[0]?.properties.n).toMatchObject({ default: 1.5, minimum: 1 });
    expect(spec.parameters[0]?.properties.i?.default).toBe(10);
  });
});

describe("names that every object answers to", () => {
  it.each([
    ["{ properties: { __proto__: { type: string } } }", "image: x"],
    ["{ properties: { constructor: { type: string } } }", "image: x"],
    ["{ properties: { toString: { type: string } } }", "image: x"],
    ["[]", "image: x, environment: { __proto__: x }"],
    ["[]", "image: x, environment: { valueOf: x }"],
    ["[]", "image: x, labels: { constructor: x }"],
  ])("%s with %s is refused", (parameters, container) => {
    expect(problemsOf(manifest(parameters, container)).join("\n")).toContain("is a reserved word");
  });
  it("are refused for components, secrets and presets' values too", () => {
    expect(problemsOf(manifest("[]").replace("{ web:", "{ constructor:")).join()).toContain(
      "is a reserved word",
    );
    const preset = "  presets: [{ name: a, parameters: { __proto__: 1, toString: 2 } }]\n";
    expect(problemsOf(manifest("[]", "image: x", preset)).join("\n")).toMatch(
      /is a reserved word[\s\S]*no parameter "toString"/,
    );
  });
});

describe("the order of the file", () => {
  it("comes back to what a JSON column sorted, also inside", () => {
    const source = manifest(
      "{ properties: { zeta: { type: string }, a: { type: object, properties: { y: { type: string }, x: { type: string } } } } }",
    );
    const sorted = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(sorted);
      if (value === null || typeof value !== "object") return value;
      return Object.fromEntries(
        Object.entries(value)
          .sort()
          .map(([key, item]) => [key, sorted(item)]),
      );
    };
    const stored = sorted(parsed(source)) as ReturnType<typeof parsed>;
    expect(Object.keys(stored.spec.parameters[0]?.properties ?? {})).toEqual(["a", "zeta"]);
    const back = inFileOrder(stored, source);
    expect(back).toEqual(stored);
    expect(Object.keys(back.spec.parameters[0]?.properties ?? {})).toEqual(["zeta", "a"]);
    expect(Object.keys(back.spec.parameters[0]?.properties.a?.properties ?? {})).toEqual(["y", "x"]);
    expect(inFileOrder(stored, "{ not yaml")).toBe(stored);
  });
});
