import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Manifest, parseManifest } from "../template";
import { compileParameters, formPages, resolveParameters } from ".";

function manifestWith(parameters: string): Manifest {
  const result = parseManifest(
    `{apiVersion: rostrum.dev/v1, kind: Template, metadata: {name: a, title: A}, spec: {version: 1.0.0, components: {a: {container: {image: x}}}, parameters: ${parameters}}}`,
  );
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.manifest;
}

const file = fileURLToPath(new URL("../../../tests/unit/manifests/web-with-postgres.yaml", import.meta.url));
const read = parseManifest(readFileSync(file, "utf8"));
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const { manifest } = read;

describe("resolveParameters", () => {
  it("fills in defaults, and null for what is absent", () => {
    const value = { size: "small", replicas: 1, withCache: false, greeting: null, apiKey: null };
    expect(resolveParameters(manifest, {})).toEqual({ ok: true, value });
    expect(resolveParameters(manifest, value)).toEqual({ ok: true, value });
  });

  it("reports every problem, in words", () => {
    const result = resolveParameters(manifest, {
      size: "huge",
      replicas: "3",
      withcache: true,
      apiKey: "short",
    });
    if (result.ok) throw new Error("was accepted");
    expect(new Map(result.problems.map(({ parameter, message }) => [parameter, message]))).toEqual(
      new Map([
        ["withcache", 'there is no parameter "withcache"; did you mean "withCache"?'],
        ["size", "must be one of small, medium"],
        ["replicas", "must be a whole number"],
        ["apiKey", "must have at least 8 characters"],
      ]),
    );
  });

  it("keeps the patterns of a template apart, and bounds what it does not bound itself", () => {
    const patterned = manifestWith(
      `{properties: {digits: {type: string, pattern: "^[0-9]+$"}, color: {type: string, pattern: "^#[a-f]+$"},
        list: {type: array, items: {type: string}, uniqueItems: true}}}`,
    );
    const problemsOf = (given: unknown) => {
      const result = resolveParameters(patterned, given);
      return result.ok ? [] : result.problems.map(({ parameter, message }) => `${parameter} ${message}`);
    };
    expect(problemsOf({ digits: "12", color: "#abc", list: ["a"] })).toEqual([]);
    expect(problemsOf({ digits: "#abc", color: "12" })).toEqual([
      "digits must match the pattern ^[0-9]+$",
      "color must match the pattern ^#[a-f]+$",
    ]);
    expect(problemsOf({ list: Array.from({ length: 1_001 }, (_, at) => `${at}`) })).toEqual([
      "list must have at most 1000 entries",
    ]);
    expect(problemsOf({ digits: "1".repeat(70_000) })).toContain("digits must have at most 65536 characters");
  });

  it("names what is required and missing, unless a part is enough", () => {
    const needy = manifestWith(
      "{required: [name], properties: {name: {type: string}, n: {type: integer, default: 2}}}",
    );
    expect(resolveParameters(needy, {})).toEqual({
      ok: false,
      problems: [{ parameter: "name", message: "is required" }],
    });
    expect(resolveParameters(needy, {}, { partial: true })).toEqual({
      ok: true,
      value: { name: null, n: 2 },
    });
  });

  it("closes objects inside parameters and points into them", () => {
    const nested = manifestWith(
      "{properties: {o: {type: object, required: [a], properties: {a: {type: string}}}}}",
    );
    expect(resolveParameters(nested, { o: { b: 1 } })).toEqual({
      ok: false,
      problems: expect.arrayContaining([
        { parameter: "o.b", message: 'there is no "b" here' },
        { parameter: "o.a", message: "is required" },
      ]),
    });
  });

  it("does not change its input and knows its secrets", () => {
    const input = Object.freeze({ size: "medium" });
    expect(resolveParameters(manifest, input).ok).toBe(true);
    expect(compileParameters(manifest).secrets).toEqual(["apiKey"]);
  });

  it.each([null, [], "x", 3])("refuses %j", (input) => {
    expect(resolveParameters(manifest, input)).toMatchObject({ ok: false, problems: [{ parameter: "" }] });
  });

  it("answers any input, and what it accepts it accepts again unchanged", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("size", "replicas", "withCache", "__proto__", "x"), fc.jsonValue()),
        (input) => {
          const result = resolveParameters(manifest, input);
          if (result.ok) expect(resolveParameters(manifest, result.value)).toEqual(result);
          else expect(result.problems.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe("formPages", () => {
  const pages = formPages(manifest);

  it("keeps the pages and their fields", () => {
    expect(pages.map(({ title, fields }) => [title, fields.map(({ name }) => name)])).toEqual([
      ["Size", ["size", "replicas", "withCache"]],
      ["Access", ["greeting", "apiKey"]],
    ]);
  });

  it("chooses a widget for each field", () => {
    const widgets = pages.flatMap(({ fields }) => fields.map(({ name, widget }) => [name, widget]));
    expect(Object.fromEntries(widgets)).toEqual({
      size: "radio",
      replicas: "slider",
      withCache: "switch",
      greeting: "textarea",
      apiKey: "secret",
    });
  });

  it("carries bounds, choices and defaults", () => {
    const [size, replicas] = pages[0]?.fields ?? [];
    expect(size).toMatchObject({
      required: true,
      default: "small",
      options: [{ value: "small", label: "Small" }, { value: "medium" }],
    });
    expect(replicas).toMatchObject({ min: 1, max: 5, step: 1, title: "Replicas", required: false });
  });

  it("follows ui:order and names fields by their key", () => {
    const [page] = formPages(
      manifestWith(
        '{properties: {max_connections: {type: integer}, first: {type: string, "ui:order": 1, "ui:advanced": true, "ui:unit": GiB}}}',
      ),
    );
    expect(page?.title).toBe("Settings");
    expect(page?.fields.map(({ title, advanced }) => [title, advanced])).toEqual([
      ["First", true],
      ["Max connections", false],
    ]);
    expect(page?.fields[0]?.unit).toBe("GiB");
  });

  it("has no pages for a template without parameters", () => {
    expect(formPages(manifestWith("[]"))).toEqual([]);
  });
});
