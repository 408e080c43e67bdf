import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numberOf } from "@/components/forms/inputs";
import type { FieldValue, FormField, FormPage, FormValue } from "@/components/forms/types";
import { validateForm, withDefaults } from "@/components/forms/validate";
import { buildBody, type FormState } from "@/components/requests/form-model";
import { formPages, resolveParameters } from "@/lib/engine/parameters";
import { type Manifest, parseManifest } from "@/lib/engine/template";
import { requestBody } from "@/lib/features/requests/schema";
import { inexactJsonNumber } from "@/lib/kernel/values";

const read = parseManifest(`
apiVersion: rostrum.dev/v1
kind: Template
metadata: { name: judged, title: Judged }
spec:
  version: 1.0.0
  components: { web: { container: { image: x } } }
  parameters:
    required: [name, count, blank]
    properties:
      name: { type: string, minLength: 2, maxLength: 4 }
      count: { type: integer, minimum: 1, maximum: 20000, default: 3 }
      blank: { type: string, minLength: 0, maxLength: 3, default: x }
      note: { type: string, default: hello, pattern: "^[a-z ]*$" }
      ratio: { type: number, multipleOf: 0.1, exclusiveMinimum: 0, exclusiveMaximum: 2, default: 0.3 }
      size: { type: string, enum: [1.9, 1.10, small], default: 1.10 }
      level: { type: integer, enum: [1, 2, 3] }
      on: { type: boolean, default: true }
      mail: { type: string, format: email }
      repository: { type: string, "ui:widget": git }
      ports: { type: array, items: { type: integer, minimum: 1 }, maxItems: 3, uniqueItems: true, default: [80] }
      group:
        type: object
        required: [host]
        properties:
          host: { type: string, maxLength: 3 }
          weight: { type: number, default: 1, maximum: 5 }
        default: { host: a }
`);
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const manifest: Manifest = read.manifest;
const pages: FormPage[] = formPages(manifest);
const fields = pages.flatMap((page) => page.fields);
const target = { kind: "create", template: "judged", version: "1.0.0" } as const;
const environment = {
  kind: "update",
  environment: "env_1",
  version: "1.0.0",
  currentVersion: "1.0.0",
} as const;
const state: FormState = {
  preset: null,
  name: "a-name",
  project: "p",
  cloud: "",
  leaseDays: 1,
  reason: "",
  parameters: {},
};

/** What the browser says, and what API and plan make of the body that its form sends. */
function verdicts(parameters: FormValue, kind: typeof target | typeof environment = target) {
  const complaints = Object.entries(validateForm(pages, parameters)).flatMap(([name, message]) =>
    message ? [name] : [],
  );
  const text = JSON.stringify(buildBody(kind, pages, { ...state, parameters }, "submit"));
  const body = requestBody.safeParse(JSON.parse(text));
  if (!body.success || inexactJsonNumber(text))
    return { complaints, refused: ["the body"], sent: {}, value: null };
  const sent = "parameters" in body.data ? body.data.parameters : {};
  const resolved = resolveParameters(manifest, sent);
  const refused = resolved.ok
    ? []
    : [...new Set(resolved.problems.map(({ parameter }) => parameter.split(".")[0]))];
  return { complaints, refused, sent, value: resolved.ok ? resolved.value : null };
}

const typed = fc.oneof(
  fc.constantFrom(
    "16,000",
    "1.000",
    "１６",
    "0755",
    "9007199254740993",
    "1e3",
    "",
    "   ",
    "-",
    "5",
    "0.3",
    "0.35",
    "1.10",
    "👍👍",
    "👍👍👍👍👍",
  ),
  fc.string({ maxLength: 6 }),
  fc.integer({ min: -5, max: 30_000 }).map(String),
);
function anyValueOf(field: FormField): fc.Arbitrary<FieldValue> {
  const cleared = fc.constantFrom<FieldValue>(null, undefined, "");
  switch (field.type) {
    case "integer":
    case "number":
      return fc.oneof(
        typed.map(numberOf),
        fc.integer({ min: -2, max: 40 }).map((tenths) => numberOf(String(tenths / 10))),
        cleared,
      );
    case "boolean":
      return fc.oneof(fc.boolean(), cleared);
    case "array":
      return fc.oneof(
        fc.array(
          typed.map((text) => numberOf(text) ?? text),
          { maxLength: 4 },
        ),
        cleared,
      );
    case "object":
      return fc.oneof(
        fc.record(
          { host: fc.oneof(typed, cleared), weight: fc.oneof(typed.map(numberOf), cleared) },
          { requiredKeys: [] },
        ),
        fc.record({ host: typed, constructor: typed }),
        cleared,
      );
    default:
      return fc.oneof(
        typed,
        cleared,
        ...(field.options ? [fc.constantFrom(...field.options.map((one) => one.value))] : []),
      );
  }
}
const form = fc.record(Object.fromEntries(fields.map((field) => [field.name, anyValueOf(field)])), {
  requiredKeys: [],
});

describe("one judge", () => {
  it("says the same of every value in the browser, the API and the plan, and the value arrives", () => {
    fc.assert(
      fc.property(form, (parameters) => {
        const { complaints, refused, sent, value } = verdicts(parameters);
        expect([...complaints].sort()).toEqual([...refused].sort());
        if (!value) return;
        for (const [name, given] of Object.entries(sent))
          if (typeof given !== "object" || given === null) expect(value[name], name).toBe(given);
        expect(resolveParameters(manifest, value)).toEqual({ ok: true, value });
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes the form as it opens, once what is required is given", () => {
    const { complaints, value } = verdicts({ ...withDefaults(pages), name: "ab" });
    expect(complaints).toEqual([]);
    expect(value).toMatchObject({
      name: "ab",
      count: 3,
      note: "hello",
      size: "1.10",
      ratio: 0.3,
      ports: [80],
      group: { host: "a", weight: 1 },
    });
  });

  it.each([
    ["note", ""],
    ["note", null],
    ["on", null],
    ["ports", null],
    ["ratio", null],
    ["group", null],
  ])("sends %s cleared (%j) as not set, and no default comes back", (name, cleared) => {
    for (const kind of [target, environment]) {
      const { sent, value } = verdicts({ ...withDefaults(pages), name: "ab", [name]: cleared }, kind);
      expect(sent[name]).toBeNull();
      expect(value?.[name]).toBeNull();
    }
  });

  it("keeps an empty list and an allowed empty text as what they are", () => {
    const { value } = verdicts({ ...withDefaults(pages), name: "ab", ports: [], blank: "" });
    expect(value).toMatchObject({ ports: [], blank: "" });
  });

  it.each(["16,000", "1.000", "１６", "0755", "9007199254740993", "12 GiB"])(
    "refuses %j at the field of a number",
    (text) => {
      const parameters = { ...withDefaults(pages), name: "ab", count: numberOf(text) };
      expect(validateForm(pages, parameters).count).toBe("Enter a whole number, for example 16000.");
      expect(verdicts(parameters).refused).toEqual(["count"]);
    },
  );
});
