import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, evaluateDeep } from "@/lib/engine/expressions";
import { resolveComponent } from "@/lib/engine/plan";
import { parseManifest } from "@/lib/engine/template";
import { fillPlaceholders, joinProtected, plainText, unknownPlaceholders } from "@/lib/kernel/placeholders";
import { Masker } from "@/lib/platform/masking";

const values = { ports: { "80": 4080 }, dir: "/own", volumes: { data: "/volumes/data", x: "/volumes/x" } };
/** Texts of everything that means something to someone, in any order. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom("{", "}", "{data}", "{dir}", "{port:80}", "{port:", "80}", "{volume:x}", "data", "da"),
      fc.constantFrom("${{ parameters.a }}", "$${{", "{{", "\uffff", "{\uffff", "$&", "\\", "'", '"'),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

const written = { placeholders: true };
const resolvedText = (text: string, scope: object) => {
  const result = evaluate(text, scope as Record<string, unknown>, written);
  if (!result.known) throw new Error("unknown");
  return result.value;
};

describe("placeholders of a process", () => {
  it("are those of the template alone, whatever values bring", () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        const scope = { parameters: { a, b } };
        for (const [text, expected] of [
          ["${{ parameters.a }}", a],
          ["${{ parameters.a }}${{ parameters.b }}", a + b],
          ["{${{ parameters.a }}}", `{${a}}`],
          ["{da${{ parameters.a }}ta}${{ parameters.b }}", a === "" ? `/volumes/data${b}` : `{da${a}ta}${b}`],
          ["{data}/${{ parameters.a }}:{port:80}{dir}", `/volumes/data/${a}:4080/own`],
        ] as const) {
          const resolved = resolvedText(text, scope);
          expect(fillPlaceholders(String(resolved), values)).toBe(expected);
          expect(unknownPlaceholders(String(resolved), { ports: [80], volumes: new Set(["data"]) })).toEqual(
            [],
          );
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("may have a value for the port or the volume that they name", () => {
    const scope = { parameters: { port: 80, name: "x" } };
    expect(fillPlaceholders(String(resolvedText("{port:${{ parameters.port }}}", scope)), values)).toBe(
      "4080",
    );
    expect(fillPlaceholders(String(resolvedText("{volume:${{ parameters.name }}}", scope)), values)).toBe(
      "/volumes/x",
    );
  });

  it("leave every other text as it was, so that no digest changes", () => {
    for (const text of ["plain", "{data}", "a {port:80} b", "{}", "{json: true}", "${x}"]) {
      expect(joinProtected([{ text, isValue: false }])).toBe(text);
    }
    expect(joinProtected([{ text: '{"a":1}', isValue: true }])).toBe('{"a":1}');
  });

  it("stay out of lists and maps that one expression gives", () => {
    const { value } = evaluateDeep(
      { args: "${{ parameters.list }}" },
      { parameters: { list: ["{data}", { deep: "{dir}" }] } },
      () => written,
    );
    const flat = JSON.parse(JSON.stringify(value), (_key, item) =>
      typeof item === "string" ? fillPlaceholders(item, values) : item,
    );
    expect(flat).toEqual({ args: ["{data}", { deep: "{dir}" }] });
  });

  it("do not hide a secret from the masker", () => {
    const secret = "pass{data}word";
    const stored = joinProtected([{ text: secret, isValue: true }]);
    expect(stored).not.toBe(secret);
    expect(plainText(stored)).toBe(secret);
    expect(new Masker([secret]).mask(`run: ${stored} and ${secret}`)).toBe("run: ••• and •••");
  });
});

describe("a component with values that are not given or look like placeholders", () => {
  const source = `
apiVersion: rostrum.dev/v1
kind: Template
metadata: {name: odd, title: Odd}
spec:
  version: 1.0.0
  parameters:
    properties:
      plain: {type: string}
      key: {type: string, format: secret}
  components:
    web:
      secrets: {api: {parameter: key}, own: {generate: 24}}
      process:
        program: node
        args: [-e, "\${{ parameters.key }}", "\${{ parameters.plain }}"]
        environment:
          KEY: "\${{ secrets.api }}"
          SAME: "\${{ parameters.key }}"
          HEADER: "Bearer \${{ secrets.api }}"
          OTHER: "\${{ default(secrets.api, 'none') }}"
          PLAIN: "\${{ parameters.plain }}"
          OWN: "\${{ secrets.own }}"
        options: {user: "\${{ parameters.plain }}"}
      container:
        image: busybox
        environment: {KEY: "\${{ secrets.api }}", PLAIN: "\${{ parameters.plain }} {data}"}
        labels: {key: "\${{ parameters.plain }}"}
`;
  const parsed = parseManifest(source);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const resolve = (kind: "process" | "container", parameters: Record<string, unknown>) => {
    const inputs = {
      manifest: parsed.manifest,
      parameters,
      secretParameters: new Set(Object.keys(parameters).filter((name) => name === "key")),
      secrets: { web: { own: "generated" } },
      environment: { id: "env_1", name: "odd", project: "team" },
      placement: { web: { cloudId: "c", cloudName: "c", kind } },
      filesDigest: () => "",
    };
    return import("@/lib/engine/plan").then(({ commonScope }) =>
      resolveComponent(inputs, "web", commonScope(inputs), {}),
    );
  };

  it("has no variable for a secret that was not given, and fails nothing", async () => {
    const { desired, secretPaths } = await resolve("process", {});
    expect(desired?.spec).toMatchObject({
      args: ["-e", "", ""],
      environment: { HEADER: "Bearer ", OTHER: "none", OWN: "generated" },
      options: {},
    });
    expect(desired?.spec).not.toHaveProperty("environment.KEY");
    expect(desired?.spec).not.toHaveProperty("environment.PLAIN");
    expect(secretPaths).toContain("/spec/environment/OTHER");
    const container = (await resolve("container", {})).desired;
    expect(container?.spec).toMatchObject({ environment: { PLAIN: " {data}" }, labels: {} });
  });

  it("shows them as they are and not what protects them", async () => {
    const { desired, view } = await resolve("process", { plain: "{data}", key: "k{dir}ey" });
    expect(view.spec).toMatchObject({
      environment: { PLAIN: "{data}", KEY: "(secret)" },
      args: ["-e", "(secret)", "{data}"],
    });
    expect(desired?.spec).not.toHaveProperty("environment.PLAIN", "{data}");
    const container = (await resolve("container", { plain: "{data}", key: "k{dir}ey" })).desired;
    expect(container?.spec).toMatchObject({ environment: { PLAIN: "{data} {data}", KEY: "k{dir}ey" } });
  });
});
