import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Manifest, parseManifest } from "../template";
import { formPages, resolveParameters } from ".";

const parse = (properties: string, required = "") =>
  parseManifest(
    `{apiVersion: rostrum.dev/v1, kind: Template, metadata: {name: a, title: A}, spec: {version: 1.0.0, components: {a: {container: {image: x}}}, parameters: {required: [${required}], properties: ${properties}}}}`,
  );

function manifestWith(properties: string, required = ""): Manifest {
  const result = parse(properties, required);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.manifest;
}

function messagesOf(properties: string): string[] {
  const result = parse(properties);
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

/** Backups are asked for their time, backups in a bucket for its name. */
const manifest = manifestWith(
  `{backups: {type: boolean, default: false},
    target: {type: string, enum: [disk, bucket, tape], default: disk, "ui:visibleIf": {backups: true}},
    bucket: {type: string, "ui:visibleIf": {target: [bucket, tape]}},
    at: {type: string, pattern: "^[0-9:]+$", default: "03:00", "ui:visibleIf": {backups: true}}}`,
  "bucket, at",
);

describe("parameters with a condition", () => {
  it("are neither required nor judged while it doesn't hold, and have their defaults", () => {
    const value = { backups: false, target: "disk", bucket: null, at: "03:00" };
    expect(resolveParameters(manifest, {})).toEqual({ ok: true, value });
    expect(resolveParameters(manifest, { at: "never", bucket: "kept", target: "tape" })).toEqual({
      ok: true,
      value,
    });
  });

  it("are required and judged once it holds", () => {
    expect(resolveParameters(manifest, { backups: true, target: "bucket", at: "never" })).toEqual({
      ok: false,
      problems: [
        { parameter: "bucket", message: "is required" },
        { parameter: "at", message: "must match the pattern ^[0-9:]+$" },
      ],
    });
    expect(resolveParameters(manifest, { backups: true, target: "tape", bucket: "b" })).toMatchObject({
      ok: true,
      value: { target: "tape", bucket: "b", at: "03:00" },
    });
  });

  it("are hidden with what they depend on, even where its hidden value would do", () => {
    const chained = manifestWith(
      `{on: {type: boolean, default: false}, kind: {type: string, default: big, "ui:visibleIf": {on: true}},
        size: {type: integer, "ui:visibleIf": {kind: big}}}`,
      "size",
    );
    expect(resolveParameters(chained, { size: 3 })).toMatchObject({ ok: true, value: { size: null } });
    expect(resolveParameters(chained, { on: true })).toMatchObject({ ok: false });
  });

  it("need every parameter they name, and compare without converting", () => {
    const both = manifestWith(
      `{a: {type: integer}, b: {type: string}, c: {type: string, "ui:visibleIf": {a: 1, b: x}}}`,
      "c",
    );
    expect(resolveParameters(both, { a: 1 }).ok).toBe(true);
    expect(resolveParameters(both, { a: null, b: "x" }).ok).toBe(true);
    expect(resolveParameters(both, { a: 1, b: "x" }).ok).toBe(false);
  });

  it("accept what they gave out, whatever was given", () => {
    const given = fc.record(
      {
        backups: fc.boolean(),
        target: fc.constantFrom("disk", "bucket", "tape"),
        bucket: fc.constantFrom("b", null),
        at: fc.constantFrom("04:00", "never"),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(given, (input) => {
        const result = resolveParameters(manifest, input);
        if (result.ok) expect(resolveParameters(manifest, result.value)).toEqual(result);
      }),
    );
  });

  it("carry it into the form, each value in a list", () => {
    const fields = formPages(manifest).flatMap((page) => page.fields);
    expect(fields.map(({ name, visibleIf }) => [name, visibleIf])).toEqual([
      ["backups", undefined],
      ["target", { backups: [true] }],
      ["bucket", { target: ["bucket", "tape"] }],
      ["at", { backups: [true] }],
    ]);
  });
});

describe("a condition is refused", () => {
  it.each([
    [
      "of an unknown parameter",
      `{size: {type: string}, b: {type: string, "ui:visibleIf": {sise: x}}}`,
      'did you mean "size"?',
    ],
    ["of itself", `{a: {type: string, "ui:visibleIf": {a: x}}}`, "a parameter can't depend on itself"],
    [
      "of a secret",
      `{a: {type: string, format: secret}, b: {type: string, "ui:visibleIf": {a: x}}}`,
      "must not depend on a secret",
    ],
    [
      "with a value there can't be",
      `{a: {type: string, enum: [x, y]}, b: {type: string, "ui:visibleIf": {a: [x, z]}}}`,
      '"z": "a" must be one of x, y',
    ],
    [
      "with a value of another type",
      `{a: {type: boolean}, b: {type: string, "ui:visibleIf": {a: "true"}}}`,
      '"true": "a" must be true or false',
    ],
    [
      "of a list",
      `{a: {type: array, items: {type: string}}, b: {type: string, "ui:visibleIf": {a: x}}}`,
      "must be a list",
    ],
    [
      "inside an object",
      `{a: {type: boolean}, o: {type: object, properties: {i: {type: string, "ui:visibleIf": {a: true}}}}}`,
      "has no effect inside an object or a list",
    ],
    ["that names nothing", `{b: {type: string, "ui:visibleIf": {}}}`, "must name a parameter"],
    [
      "without values",
      `{a: {type: string}, b: {type: string, "ui:visibleIf": {a: []}}}`,
      "must not be empty",
    ],
  ])("%s", (_, properties, message) => {
    const messages = messagesOf(properties);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(message);
  });

  it("in a cycle, on every parameter of it, and on none beside it", () => {
    expect(
      messagesOf(
        `{a: {type: string, "ui:visibleIf": {c: x}}, b: {type: string, "ui:visibleIf": {a: x}},
          c: {type: string, "ui:visibleIf": {b: x}}, d: {type: string, "ui:visibleIf": {a: x}}}`,
      ),
    ).toEqual([
      "the conditions form a cycle: a → c → b → a",
      "the conditions form a cycle: b → a → c → b",
      "the conditions form a cycle: c → b → a → c",
    ]);
  });
});
